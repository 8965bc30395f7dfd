package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is one that the node keeps running.
type Process struct {
	Name    string
	Command []string
	// After holds what must answer first: an address, or an https URL.
	After []string
}

// Running tells how a process is; times are those of the machine's clock.
type Running struct {
	Name string `json:"name"`
	// PID is that in the node; 0 while it waits or has ended.
	PID      int    `json:"pid"`
	Restarts int    `json:"restarts"`
	Ended    string `json:"ended,omitempty"`
}

type supervisor struct {
	sync.Mutex
	node  *Node
	state []Running
	ends  map[int]chan syscall.WaitStatus
}

const (
	shortestPause = 200 * time.Millisecond
	longestPause  = 5 * time.Second
)

// supervise starts the node's processes, starts again what ends, and never returns unless it cannot begin.
func supervise(node *Node) error {
	s := &supervisor{node: node, ends: map[int]chan syscall.WaitStatus{}, state: make([]Running, len(node.Processes))}
	for i, process := range node.Processes {
		s.state[i].Name = process.Name
		go s.keep(i, process)
	}
	// As the first process of its namespace it inherits all orphans, the pods' shims among them.
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.ECHILD {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		s.Lock()
		end := s.ends[pid]
		delete(s.ends, pid)
		s.Unlock()
		if end != nil {
			end <- status
		}
	}
}

func (s *supervisor) keep(i int, process Process) {
	pause := shortestPause
	for {
		for _, address := range process.After {
			waitFor(address)
		}
		began := time.Now()
		end, err := s.start(i, process)
		text := fmt.Sprint(err)
		if err == nil {
			status := <-end
			text = describe(status)
		}
		log.Printf("%s: %s", process.Name, text)
		s.change(func() {
			s.state[i].PID, s.state[i].Ended = 0, text
			s.state[i].Restarts++
		})
		if time.Since(began) > 30*time.Second {
			pause = shortestPause
		}
		time.Sleep(pause)
		pause = min(2*pause, longestPause)
	}
}

func (s *supervisor) start(i int, process Process) (chan syscall.WaitStatus, error) {
	path := filepath.Join(s.node.Folder, "logs", process.Name+".log")
	output, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	command := exec.Command(process.Command[0], process.Command[1:]...)
	command.Dir = "/"
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	end := make(chan syscall.WaitStatus, 1)
	s.change(func() {
		if err = command.Start(); err == nil {
			s.ends[command.Process.Pid] = end
			s.state[i].PID = command.Process.Pid
		}
	})
	if err == nil {
		err = command.Process.Release()
	}
	return end, err
}

// change lets nobody see half of it, and tells it in processes.json.
func (s *supervisor) change(work func()) {
	s.Lock()
	defer s.Unlock()
	work()
	if err := writeJSON(filepath.Join(s.node.Folder, "processes.json"), s.state); err != nil {
		log.Print(err)
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return fmt.Sprintf("ended by %s (signal %d)", status.Signal(), status.Signal())
	}
	return fmt.Sprintf("ended with %d", status.ExitStatus())
}

// waitFor returns as soon as the address accepts connections, or the URL answers with success.
func waitFor(address string) {
	client := http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	for ; ; time.Sleep(50 * time.Millisecond) {
		if !strings.HasPrefix(address, "https:") {
			if connection, err := net.DialTimeout("tcp", address, time.Second); err == nil {
				connection.Close()
				return
			}
		} else if answer, err := client.Get(address); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
}
