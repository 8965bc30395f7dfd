package plinth

import "os/exec"

func setProcessGroup(*exec.Cmd) {}

func killGroup(*exec.Cmd) {}

func lockThread() (unlock func()) { return func() {} }
