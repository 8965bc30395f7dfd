//go:build unix && !linux

package plinth

import "syscall"

// Where the kernel has no such thing, a run whose parent was killed ends with its own Timeout.
func endWithParent(*syscall.SysProcAttr) {}

func lockThread() (unlock func()) { return func() {} }
