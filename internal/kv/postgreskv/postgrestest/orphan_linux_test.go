package postgrestest_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// child is set in the process that is killed.
const child = "STATOR_TEST_ORPHAN"

// A server ends with the process that started it, even if that was killed.
func TestOrphan(t *testing.T) {
	if os.Getenv(child) != "" {
		s, err := postgrestest.New("fsync=off")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(s.Addr)
		select {} // until it is killed
	}
	postgrestest.Need(t)
	tmp, err := os.MkdirTemp("", "stator-orphan-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	if err := os.Chmod(tmp, 0o711); err != nil { // PostgreSQL runs as another user
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestOrphan$")
	cmd.Env = append(os.Environ(), child+"=1", "TMPDIR="+tmp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	addr = strings.TrimSpace(addr)
	if c, refused := net.Dial("tcp", addr); refused != nil {
		t.Errorf("there is no server: %q, %v", addr, refused)
	} else {
		_ = c.Close()
	}
	killed := cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil || killed != nil || t.Failed() {
		t.Fatal(err, killed)
	}
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		_ = c.Close()
		if time.Since(begun) > time.Minute {
			t.Fatal("the server goes on")
		}
	}
}
