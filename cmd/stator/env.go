package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/statordb/stator/internal/identity"
)

// env prints what a shell needs for AWS clients to reach the server.
func env(_ context.Context, args []string, std stdio) error {
	var c config
	if err := parse("env", args, std, c.dataFlag); err != nil {
		return err
	}
	at, err := readAnnouncement(c.data)
	if err != nil {
		return err
	}
	key := identity.AccessKey{ID: "open", Secret: "open"} // any will do
	if at.Auth != "open" {
		if key, err = identity.Folder(c.data).AccessKey(); err != nil {
			return err
		}
	}
	// boto3 knows the region by its older name, and the SDK for Go, when it assumes a profile's role, asks AWS unless STS
	// has a variable of its own. What is unset would win over what is set here, or spoil it.
	_, err = fmt.Fprintf(std.out, "export AWS_ENDPOINT_URL=%s AWS_ENDPOINT_URL_STS=%[1]s AWS_REGION=%s AWS_DEFAULT_REGION=%[2]s "+
		"AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n"+
		"unset AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_IAM AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n",
		quote(at.Endpoint), quote(at.Region), quote(key.ID), quote(key.Secret))
	return err
}

// quote writes text as one word of a POSIX shell.
func quote(text string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:+=@", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
