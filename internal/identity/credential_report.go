package identity

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
)

// reportColumns are the columns of a credential report ("Generate credential reports for your AWS account").
func reportColumns() []string {
	return []string{"user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
		"password_next_rotation", "mfa_active", "access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date",
		"access_key_1_last_used_region", "access_key_1_last_used_service", "access_key_2_active", "access_key_2_last_rotated",
		"access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service", "cert_1_active",
		"cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"}
}

// reportLifetime is how long a report is given out before another has to be made.
const reportLifetime = 4 * time.Hour

func reportKey(account string) []byte { return keyspace.Identity("report", account) }

// reportRecord is the last report that was made.
type reportRecord struct {
	Generated time.Time
	// Content is compressed: the longest names and paths of as many users as an account can have are more than a value can be.
	Content []byte
}

// generateCredentialReport decodes GenerateCredentialReport.
func (s *Store) generateCredentialReport(req *awsapi.Request) (awsapi.Call, error) {
	return s.write(req, "GenerateCredentialReport", anything, func(e *edit) (any, error) {
		last, _, err := get[reportRecord](e.ctx, e.r, reportKey(e.account))
		if err != nil {
			return nil, err
		}
		if last.Content != nil && e.now.Before(last.Generated.Add(reportLifetime)) {
			return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
		}
		content, err := e.report()
		if err != nil {
			return nil, err
		}
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeStarted, Description: aws.String("No report exists. Starting a new report generation task")},
			put(e.tx, reportKey(e.account), reportRecord{Generated: e.now, Content: content})
	})
}

// getCredentialReport decodes GetCredentialReport.
func (s *Store) getCredentialReport(req *awsapi.Request) (awsapi.Call, error) {
	return s.read(req, "GetCredentialReport", anything, func(v *view) (any, error) {
		last, _, err := get[reportRecord](v.ctx, v.r, reportKey(v.account))
		if err != nil {
			return nil, err
		}
		if last.Content == nil {
			return nil, &awsapi.Error{Code: "ReportNotPresent", Status: http.StatusGone, Message: "No report exists. Call GenerateCredentialReport first."}
		}
		if !whole(s.now()).Before(last.Generated.Add(reportLifetime)) {
			return nil, &awsapi.Error{Code: "ReportExpired", Status: http.StatusGone, Message: "The report has expired. Call GenerateCredentialReport again."}
		}
		compressed, err := gzip.NewReader(bytes.NewReader(last.Content))
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(compressed)
		return &iam.GetCredentialReportOutput{Content: content, GeneratedTime: aws.Time(last.Generated), ReportFormat: types.ReportFormatTypeTextCsv}, err
	})
}

// report makes a report of now, compressed.
func (v *view) report() ([]byte, error) {
	a, err := v.accountOf()
	if err != nil {
		return nil, err
	}
	var compressed bytes.Buffer
	text := gzip.NewWriter(&compressed)
	w := csv.NewWriter(text)
	none := notUsed
	noKey := []string{"false", none, none, none, none}
	noCerts := []string{"false", none, "false", none}
	root := []string{"<root_account>", "arn:aws:iam::" + v.account + ":root", stamp(a.Created), "not_supported", "not_supported", "not_supported", "not_supported", "false"}
	if a.Root != nil && a.Root.Used != nil {
		root[4] = stamp(*a.Root.Used)
	}
	if root[7], err = v.mfaActive(v.account); err != nil {
		return nil, err
	}
	if err := w.WriteAll([][]string{reportColumns(), slices.Concat(root, noKey, noKey, noCerts)}); err != nil {
		return nil, err
	}
	err = each(v, userKind, "", func(u *userRecord) (bool, error) {
		row := []string{u.Name, u.arn(v.account, userKind), stamp(u.Created), "false", none, none, none, "false"}
		if u.Login != nil {
			row[3], row[4], row[5] = "true", "no_information", stamp(u.Login.Changed)
			if u.Login.Used != nil {
				row[4] = stamp(*u.Login.Used)
			}
			if p := a.Passwords; p != nil && p.MaxPasswordAge != nil {
				row[6] = stamp(u.Login.Changed.AddDate(0, 0, int(*p.MaxPasswordAge)))
			}
		}
		if row[7], err = v.mfaActive(u.ID); err != nil {
			return false, err
		}
		ids, err := v.lasts("userkey", v.account, u.ID)
		if err != nil {
			return false, err
		}
		for i := range maxAccessKeys {
			key := noKey
			if i < len(ids) {
				k, err := v.accessKey(u, ids[i])
				if err != nil {
					return false, err
				}
				usage, err := v.usage(ids[i])
				if err != nil {
					return false, err
				}
				key = []string{strconv.FormatBool(!k.Inactive), stamp(k.Created), none, none, none}
				if namespace, use := usage.last(); namespace != "" {
					key[2], key[3], key[4] = stamp(use.At), use.Region, namespace
				}
			}
			row = append(row, key...)
		}
		return true, w.Write(append(row, noCerts...))
	})
	if err != nil {
		return nil, err
	}
	w.Flush()
	err = errors.Join(w.Error(), text.Close())
	return compressed.Bytes(), err
}

// mfaActive says whether a user, or the root user, has an MFA device.
func (v *view) mfaActive(owner string) (string, error) {
	n, err := v.count("device", v.account, owner)
	return strconv.FormatBool(n > 0), err
}

// stamp is a time as reports have it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }
