package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// quotaPeriod is how often the kernel gives a group its processor time. Short, so that nobody waits for long.
const quotaPeriod = 10 * time.Millisecond

// quota is a control group whose processes get so much processor time together and no more.
type quota struct{ folder string }

// newQuota makes a group with a part of one core. It takes a system that lets this program do so, which is root's usually; any
// version of control groups will do.
func newQuota(cores float64) (*quota, error) {
	period := quotaPeriod.Microseconds()
	share := int64(cores * float64(period))
	var failures []error
	for _, version := range []struct {
		root     string
		settings [][2]string
	}{
		{"/sys/fs/cgroup", [][2]string{{"cpu.max", fmt.Sprintf("%d %d", share, period)}}},
		{"/sys/fs/cgroup/cpu", [][2]string{{"cpu.cfs_period_us", strconv.FormatInt(period, 10)}, {"cpu.cfs_quota_us", strconv.FormatInt(share, 10)}}},
	} {
		q := &quota{filepath.Join(version.root, fmt.Sprintf("stator-bench-%d", os.Getpid()))}
		err := os.Mkdir(q.folder, 0o755)
		for _, setting := range version.settings {
			if err == nil {
				err = q.write(setting[0], setting[1])
			}
		}
		if err == nil {
			return q, nil
		}
		failures = append(failures, err)
		_ = os.Remove(q.folder)
	}
	return nil, errors.Join(failures...)
}

// write sets what the kernel has a file for. It makes none.
func (q *quota) write(name, value string) error {
	file, err := os.OpenFile(filepath.Join(q.folder, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(value)
	return errors.Join(err, file.Close())
}

// hold puts a process into the group, with its children and all that they will have.
func (q *quota) hold(pid int) error {
	err := q.write("cgroup.procs", strconv.Itoa(pid))
	for _, child := range children(pid) {
		err = errors.Join(err, q.hold(child))
	}
	return err
}

// remove ends the group when the processes have ended.
func (q *quota) remove() error {
	for range 100 {
		err := os.Remove(q.folder)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		time.Sleep(20 * time.Millisecond) // the last of them is still ending
	}
	return os.Remove(q.folder)
}
