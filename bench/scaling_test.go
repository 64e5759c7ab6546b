package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// One server and two over each engine, for an instant. How much more two do is not for a test that shares its machine.
func TestScaling(t *testing.T) {
	for _, k := range engineKinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel() // much of it is waiting
			o, err := parseOptions([]string{"-rounds", "1", "-d", "300ms", "-warm", "50ms", "-heat", "0", "-counts", "1,2", "-engines", k.name, "-dir", t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			o.scaled = []string{"GetItem", "Mixed"}
			found, err := measureScaling(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if skipped := found.Engines[0].Skipped; skipped != "" && os.Getenv("CI") == "" {
				t.Skip(skipped)
			}
			if len(found.Cells) != 4 || len(found.Free) != 2 || found.Engines[0].Bound == "" {
				t.Fatalf("%+v", found)
			}
			for i, c := range append(found.Cells, found.Free...) {
				// Every answer was what was asked for, or there would be an error; here, that they are counted as they came.
				if c.Requests < fewestAnswers || c.Rate <= 0 || c.LowestRate != c.HighestRate || c.P99Micros < c.P50Micros {
					t.Errorf("%+v", c)
				}
				if runtime.GOOS == "linux" && c.EngineCPUMicros <= 0 {
					t.Errorf("%s: the engine used no processor", c.Operation)
				}
				// Each request is one of the engine at least, less those that the engine was done with when the time began: one of each client.
				elapsed := float64(c.Requests) / c.Rate
				taken := c.EnginePart * elapsed / bounded().each.Seconds()
				if k.name == "tikv-mock" && i < len(found.Cells) && taken < float64(c.Requests)-scalingConnections {
					t.Errorf("%s: %d answers for %.0f requests to the engine", c.Operation, c.Requests, taken)
				}
			}
		})
	}
}

func TestMixtureIsFourReadsToAWrite(t *testing.T) {
	ops := scalingOperations()
	mixed := ops[len(ops)-1]
	signers := []*signer{newSigner("127.0.0.1:1", testCredentials()), newSigner("127.0.0.1:2", testCredentials())}
	requests, err := pool(t.Context(), signers, mixed, scalingConnections)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for i, r := range requests {
		for _, target := range []string{"GetItem", "PutItem", "UpdateItem"} {
			if bytes.Contains(r.raw, []byte(targetPrefix+target+"\r\n")) {
				counts[target]++
			}
		}
		if host := signers[i%scalingConnections%2].address; !bytes.Contains(r.raw, []byte("Host: "+host+"\r\n")) {
			t.Fatalf("request %d is not for %s", i, host)
		}
	}
	all := len(requests)
	for target, tenths := range map[string]int{"GetItem": 8, "PutItem": 1, "UpdateItem": 1} {
		if got := counts[target] * 10; got < tenths*all*9/10 || got > tenths*all*11/10 {
			t.Errorf("%d of %d are %s", counts[target], all, target)
		}
	}
}

func TestNetworkDelaysAndKeepsEverything(t *testing.T) {
	const roundTrip = 20 * time.Millisecond
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = echo.Close() }()
	go func() {
		conn, err := echo.Accept()
		if err == nil {
			_, _ = io.Copy(conn, conn)
			_ = conn.Close()
		}
	}()
	n, err := startNetwork(echo.Addr().String(), roundTrip)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", n.address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	sent := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	began := time.Now()
	go func() { _, _ = conn.Write(sent) }()
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("what came back is not what was sent, %v", err)
	}
	if took := time.Since(began); took < roundTrip {
		t.Errorf("there and back in %s", took)
	}
	if err := n.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(got); err == nil {
		t.Error("a closed network still answers")
	}
}
