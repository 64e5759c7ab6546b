package stator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
)

// config is what makes clients of the SDK for a server in this process.
func config(t *testing.T, s *stator.Server) aws.Config {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	key, ok := s.Credentials()
	if !ok {
		t.Fatal("no credentials")
	}
	return aws.Config{
		BaseEndpoint: aws.String(web.URL), Region: "eu-west-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
	}
}

// signedBy is conf with another key.
func signedBy(conf aws.Config, id, secret string) aws.Config {
	conf.Credentials = credentials.NewStaticCredentialsProvider(id, secret, "")
	return conf
}

// code is the code of an error of the SDK, and its HTTP status.
func code(err error) (string, int) {
	var api smithy.APIError
	var answer interface{ HTTPStatusCode() int }
	if !errors.As(err, &api) || !errors.As(err, &answer) {
		return "", 0
	}
	return api.ErrorCode(), answer.HTTPStatusCode()
}

func TestGetCallerIdentity(t *testing.T) {
	s := open(t, stator.Options{Account: "111122223333"})
	defer s.Close()
	conf := config(t, s)
	got, err := sts.NewFromConfig(conf).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *got.Account != "111122223333" || *got.Arn != "arn:aws:iam::111122223333:user/Administrator" || !strings.HasPrefix(*got.UserId, "AIDA") {
		t.Errorf("%s %s %s", *got.Account, *got.Arn, *got.UserId)
	}
	key, _ := s.Credentials()
	for _, c := range []struct {
		name   string
		conf   aws.Config
		code   string
		status int
	}{
		{"wrong secret", signedBy(conf, key.AccessKeyID, "wrong"), "SignatureDoesNotMatch", 403},
		{"unknown key", signedBy(conf, "AKIAQAAAAAAAAAAAAAAA", key.SecretAccessKey), "InvalidClientTokenId", 403},
	} {
		_, err := sts.NewFromConfig(c.conf).GetCallerIdentity(t.Context(), nil)
		if got, status := code(err); got != c.code || status != c.status {
			t.Errorf("%s: %v", c.name, err)
		}
		_, err = iam.NewFromConfig(c.conf).ListUsers(t.Context(), nil)
		if got, status := code(err); got != c.code || status != c.status {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What others hold a presigned GetCallerIdentity for is to learn who someone is: they send it as it is.
func TestPresignedGetCallerIdentity(t *testing.T) {
	s := open(t, stator.Options{})
	defer s.Close()
	presigned, err := sts.NewPresignClient(sts.NewFromConfig(config(t, s))).PresignGetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		presigned.URL: "<Arn>arn:aws:iam::" + s.Account() + ":user/Administrator</Arn>",
		strings.Replace(presigned.URL, "X-Amz-Signature=", "X-Amz-Signature=0", 1): "<Code>SignatureDoesNotMatch</Code>",
	} {
		req, _ := http.NewRequestWithContext(t.Context(), presigned.Method, url, nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if !strings.Contains(string(body), want) {
			t.Errorf("%s %s: %d %s", presigned.Method, url, res.StatusCode, body)
		}
	}
}

func TestOpenServices(t *testing.T) {
	s := open(t, stator.Options{Auth: stator.AuthOpen})
	defer s.Close()
	conf := signedBy(config(t, s), "anyone", "at all")
	got, err := sts.NewFromConfig(conf).GetCallerIdentity(t.Context(), nil)
	if err != nil || *got.Account != "000000000000" || *got.Arn != "arn:aws:iam::000000000000:root" || *got.UserId != "000000000000" {
		t.Fatal(got, err)
	}
	made, err := iam.NewFromConfig(conf).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")})
	if err != nil || *made.User.Arn != "arn:aws:iam::000000000000:user/ann" {
		t.Fatal(made, err)
	}
	users, err := iam.NewFromConfig(conf).ListUsers(t.Context(), nil)
	if err != nil || len(users.Users) != 1 {
		t.Error(users, err)
	}
}

func TestCommandLine(t *testing.T) {
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("no AWS CLI on the PATH")
	}
	for _, auth := range []stator.Auth{stator.AuthIAM, stator.AuthOpen} {
		s := open(t, stator.Options{Auth: auth})
		defer s.Close()
		conf := config(t, s)
		key, _ := s.Credentials()
		run := func(to any, args ...string) {
			t.Helper()
			cmd := exec.CommandContext(t.Context(), path, append(args, "--output=json")...)
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") }), "AWS_ENDPOINT_URL="+*conf.BaseEndpoint, "AWS_DEFAULT_REGION="+conf.Region,
				"AWS_ACCESS_KEY_ID="+key.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+key.SecretAccessKey,
				"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=")
			var problem bytes.Buffer
			cmd.Stderr = &problem
			out, err := cmd.Output()
			if err == nil {
				err = json.Unmarshal(out, to)
			}
			if err != nil {
				t.Errorf("aws %q: %v %s %s", args, err, out, &problem)
			}
		}
		var who struct{ UserId, Account, Arn string }
		run(&who, "sts", "get-caller-identity")
		if who.Account != key.Account || !strings.HasPrefix(who.Arn, "arn:aws:iam::"+key.Account+":") || who.UserId == "" {
			t.Errorf("%s: %+v", auth, who)
		}
		var list struct {
			Users []struct{ UserName, Arn string }
		}
		run(&list, "iam", "list-users")
		if auth == stator.AuthIAM && (len(list.Users) != 1 || list.Users[0].Arn != who.Arn) {
			t.Errorf("%+v", list)
		}
	}
}
