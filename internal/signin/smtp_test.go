package signin

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
)

// mailServer takes one mail, without TLS, and says what it got.
func mailServer(t *testing.T) (address string, got <-chan string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	text := make(chan string, 1)
	go func() {
		defer close(text)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var all strings.Builder
		fmt.Fprint(conn, "220 test\r\n")
		data := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			line := lines.Text()
			all.WriteString(line + "\n")
			switch {
			case data && line == ".":
				data = false
				fmt.Fprint(conn, "250 ok\r\n")
			case data:
			case strings.HasPrefix(line, "EHLO"):
				fmt.Fprint(conn, "250-test\r\n250 8BITMIME\r\n")
			case line == "DATA":
				data = true
				fmt.Fprint(conn, "354 go on\r\n")
			case line == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				text <- all.String()
				return
			default:
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
	}()
	return ln.Addr().String(), text
}

func TestSMTP(t *testing.T) {
	address, got := mailServer(t)
	s, err := SMTP("smtp://"+address, "Stator <stator@example.com>")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), Mail{"new@example.com", "Your code", "It is 123456.\n"}); err != nil {
		t.Fatal(err)
	}
	text := <-got
	for _, want := range []string{"MAIL FROM:<stator@example.com>", "RCPT TO:<new@example.com>", "Subject: Your code", "It is 123456."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if err := s.Send(t.Context(), Mail{"new@example.com\r\nBcc: all@example.com", "", ""}); err == nil {
		t.Error("an address brings headers of its own")
	}
}

// A password for a server elsewhere is never sent without TLS, and neither is a code.
func TestSMTPNeedsTLS(t *testing.T) {
	address, _ := mailServer(t)
	s, err := SMTP("smtp://"+address, "stator@example.com")
	if err != nil {
		t.Fatal(err)
	}
	remote := *s.(*smtpSender)
	other, err := SMTP("smtp://mail.example.com:"+address[strings.LastIndexByte(address, ':')+1:], "stator@example.com")
	if err != nil {
		t.Fatal(err)
	}
	remote.options = other.(*smtpSender).options
	if err := remote.Send(t.Context(), Mail{"new@example.com", "Your code", "It is 123456.\n"}); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("without TLS: %v", err)
	}
}

func TestSMTPURLs(t *testing.T) {
	for _, bad := range []string{"", "mail.example.com", "http://mail.example.com", "smtp://", "smtps://mail.example.com/path", "smtp://mail.example.com?x=y", "smtp://u:secret%zz@mail.example.com"} {
		if _, err := SMTP(bad, "stator@example.com"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := SMTP("smtps://u:secret@mail.example.com", "nobody"); err == nil {
		t.Error("mails from nobody")
	}
}
