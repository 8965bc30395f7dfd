package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// createFolders lays the node's own over what Kubernetes and containerd would write outside of their folders.
func createFolders(node *Node) error {
	// Nothing goes back to the machine, but pods may share mounts with the node.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("mounts cannot be made private: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("mounts cannot be shared: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("/proc cannot be mounted: %w", err)
	}
	for _, folder := range node.Hidden {
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			return fmt.Errorf("%s cannot be hidden: %w", folder, err)
		}
	}
	// The kubelet sets some of the whole machine's; here it finds them set.
	for path, value := range node.Sysctls {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		instead := filepath.Join("/run/sysctl", path)
		if err := os.MkdirAll(filepath.Dir(instead), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(instead, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(instead, path, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("%s cannot be hidden: %w", path, err)
		}
	}
	return unix.Sethostname([]byte("plinth"))
}

// createNetwork gives the node an address that leads nowhere, and a way to services from the node itself: without a
// route the kernel refuses their addresses before kube-proxy's rules are asked.
func createNetwork(node *Node) error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "node"}}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("a network bridge cannot be made: %w", err)
	}
	address, err := netlink.ParseAddr(node.Address)
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(bridge, address); err != nil {
		return fmt.Errorf("%s: %w", node.Address, err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return err
	}
	_, services, err := net.ParseCIDR(node.Services)
	if err != nil {
		return err
	}
	if err := netlink.RouteAdd(&netlink.Route{LinkIndex: bridge.Index, Dst: services}); err != nil {
		return fmt.Errorf("%s: %w", node.Services, err)
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}
