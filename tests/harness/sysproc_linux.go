package harness

import "syscall"

// sysProcAttr has the kernel end the server when the test process is gone, even when that was killed.
func sysProcAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
