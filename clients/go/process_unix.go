//go:build unix

package plinth

import (
	"os/exec"
	"syscall"
)

// setProcessGroup makes what npx starts end with it: a cancelled run gets SIGINT, upon which Plinth cancels on the server,
// rolls back and tells what is committed.
func setProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
}

// killGroup ends what is left of the group when its leader has gone.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
