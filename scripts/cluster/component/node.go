package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

// Node is what the file says that start is given.
type Node struct {
	// Folder holds the logs, and processes.json, which tells how the processes are.
	Folder string
	// Listen is an address of this machine where the API server shall be reached; Forward is its own address in the node.
	Listen, Forward string
	// Address is the node's own, with its prefix; Services are reached by it.
	Address, Services string
	// Hidden are folders that get an empty one laid over; Sysctls are files that the node may write without effect.
	Hidden  []string
	Sysctls map[string]string
	// Processes are started in this order.
	Processes []Process
}

func readNode(args []string) (*Node, error) {
	if len(args) != 1 {
		return nil, errors.New("one file is wanted")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	node := &Node{}
	return node, json.Unmarshal(text, node)
}

// startNode starts the node's first process in namespaces of its own, prints its id, and leaves it alone. When that
// process ends, be it by kill -9, the kernel ends all others of the node, and takes mounts and networks away.
func startNode(args []string) error {
	node, err := readNode(args)
	if err != nil {
		return err
	}
	// A socket stays in the network where it was made: this is the node's one door to the machine.
	listener, err := net.Listen("tcp", node.Listen)
	if err != nil {
		return err
	}
	door, err := listener.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(node.Folder, "logs", "node.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	waiting, goOn, err := os.Pipe()
	if err != nil {
		return err
	}
	command := exec.Command("/proc/self/exe", "node", args[0])
	command.Args[0] = os.Args[0]
	command.Dir = "/"
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = []*os.File{door, waiting}
	command.SysProcAttr = &syscall.SysProcAttr{
		Setsid: true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("no namespaces can be made: %w", err)
	}
	// The node begins only when its id is known; if we are killed before, it ends.
	if err := writeJSON(filepath.Join(node.Folder, "node.pid"), command.Process.Pid); err != nil {
		return err
	}
	if _, err := goOn.Write([]byte{1}); err != nil {
		return err
	}
	fmt.Println(command.Process.Pid)
	return nil
}

// runNode is the first process of the node's namespaces.
func runNode(args []string) error {
	node, err := readNode(args)
	if err != nil {
		return err
	}
	if n, err := os.NewFile(4, "start").Read(make([]byte, 1)); n != 1 {
		return fmt.Errorf("who started the node is gone: %w", err)
	}
	// A handler, as signals without one do not reach the first process of a namespace.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() { <-ended; os.Exit(0) }()

	door, err := net.FileListener(os.NewFile(3, "door"))
	if err != nil {
		return err
	}
	if err := createFolders(node); err != nil {
		return err
	}
	if err := createNetwork(node); err != nil {
		return err
	}
	go forward(door, node.Forward)
	return supervise(node)
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
