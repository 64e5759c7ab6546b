package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// clockTick is the unit of the processor times in /proc; Linux gives it to programs as 1/100 s everywhere.
const clockTick = 10 * time.Millisecond

// childAttributes puts a child in a group of its own, so that Ctrl-C reaches this program first, and has the kernel
// kill it should this program be killed.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// pause takes the processor away from a server that is not being measured, so that its compactions and collectors
// do not run at the expense of the one that is.
func (p *process) pause() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

func (p *process) resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// cpu is the processor time that all threads of the process have used.
func (p *process) cpu() (time.Duration, error) { return ticksOf(p.cmd.Process.Pid, 0, 2) }

// cpuOfTree is the processor time that a process and its children have used, those that have ended too. All have one thread. There
// may be many of them that do little each, so that it takes a finer clock than for one.
func cpuOfTree(pid int) (time.Duration, error) {
	all, err := ticksOf(pid, 2, 4)
	for _, living := range append(children(pid), pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", living))
		if err != nil {
			continue // it has ended, and is its parent's from now on
		}
		used, _, _ := bytes.Cut(text, []byte(" "))
		nanoseconds, err := strconv.ParseInt(string(used), 10, 64)
		if err != nil {
			return 0, err
		}
		all += time.Duration(nanoseconds)
	}
	return all, err
}

// children are the processes that a process has started.
func children(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range lists {
		text, _ := os.ReadFile(name)
		for _, word := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(word)); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// ticksOf adds up some of the times that /proc has of a process: those of itself, and of the kernel for it, are 0 and 1, and those of
// its children that have ended 2 and 3.
func ticksOf(pid, from, to int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The second field is the name in parentheses and may itself hold spaces; the times begin at the 14th.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return 0, fmt.Errorf("short /proc stat: %q", stat)
	}
	var ticks int64
	for _, field := range fields[11+from : 11+to] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

// memory is the resident memory of the process now and at its highest, in bytes.
func (p *process) memory() (now, peak int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range bytes.Lines(status) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		var to *int64
		switch string(name) {
		case "VmRSS":
			to = &now
		case "VmHWM":
			to = &peak
		default:
			continue
		}
		kilobytes, err := strconv.ParseInt(string(bytes.Fields(value)[0]), 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*to = kilobytes << 10
	}
	return now, peak, nil
}

// ownCPU is the processor time this program has used.
func ownCPU() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// busyCPU is the processor time that everything on this machine has used, time stolen by its host included.
func busyCPU() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 {
		return 0, fmt.Errorf("short /proc/stat: %q", line)
	}
	var ticks int64
	for i, field := range fields[1:9] {
		if i == 3 || i == 4 { // idle, and idle waiting for a disk
			continue
		}
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

func processorName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(info) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && string(bytes.TrimSpace(name)) == "model name" {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}
