package stator

import (
	"crypto/tls"
	"log/slog"
	"strings"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/server"
)

// AuditOptions say what is kept of what was done. The zero value keeps nothing.
type AuditOptions struct {
	// Path is the file that gets one line for each request, in the form of AWS CloudTrail's records, or "-" for standard
	// error.
	Path string
	// Data has reads and writes of items logged too, without their values.
	Data bool
	// MaxSizeMB is how many MiB a file has before another one is begun; 0 is 100.
	MaxSizeMB int
	// MaxFiles is how many old files are kept; 0 is all.
	MaxFiles int
}

// auditor writes what the front door tells it to the audit log.
type auditor struct{ *audit.Log }

// openAudit opens the audit log, nil if nothing is kept. What can't be written is logged and counted.
func openAudit(o AuditOptions, log *slog.Logger, lost func()) (*auditor, error) {
	if o.Path == "" {
		return nil, nil
	}
	l, err := audit.New(audit.Options{Path: o.Path, Data: o.Data, MaxSizeMB: o.MaxSizeMB, MaxBackups: o.MaxFiles,
		OnError: func(err error) {
			lost()
			log.Error("an audit event could not be written", "error", err)
		}})
	if err != nil {
		return nil, err
	}
	return &auditor{l}, nil
}

// Record implements server.Recorder.
func (a *auditor) Record(r *server.Record) {
	e := &audit.Event{
		Time: r.Time, Service: r.Service, Operation: r.Operation, Region: r.Region, SourceIP: r.SourceIP, UserAgent: r.UserAgent,
		RequestID: r.RequestID, AccessKeyID: r.AccessKeyID, ErrorCode: r.ErrorCode, ErrorMessage: r.ErrorMessage,
		ReadOnly: readOnly(r.Operation), Data: r.Data, Resources: r.Resources, Decision: r.Decision,
	}
	if r.Principal != nil {
		e.Principal = r.Principal.Principal
	}
	if r.TLS != nil {
		e.TLS = &audit.TLS{Version: audit.TLSVersion(r.TLS.Version),
			Cipher: tls.CipherSuiteName(r.TLS.CipherSuite), Host: r.Host}
	}
	a.members(e, r)
	a.Write(e)
}

// members sets what was asked for and, if it changed something, what was answered. Of operations on items only the table
// is told: all else is data.
func (a *auditor) members(e *audit.Event, r *server.Record) {
	if r.Data {
		for _, arn := range r.Resources {
			if _, table, ok := strings.Cut(arn, ":table/"); ok {
				name, _, _ := strings.Cut(table, "/")
				e.Parameters = audit.FromValue(map[string]string{"tableName": name})
				return
			}
		}
		return
	}
	switch {
	case r.Protocol == awsapi.Query, r.Protocol == awsapi.REST && len(r.Body) == 0:
		e.Parameters = audit.FromForm(r.Form.All())
	case r.Protocol == awsapi.CBOR:
		var input any
		if awsapi.DecodeCBOR(r.Body, &input) == nil && input != nil {
			e.Parameters = audit.FromValue(input)
		}
	default:
		e.Parameters = audit.FromJSON(r.Body)
	}
	switch {
	case r.ErrorCode != "", e.ReadOnly && r.Service != "sts":
	case r.Protocol == awsapi.Query:
		e.Response = audit.FromXML(r.Answer)
	default:
		e.Response = audit.FromJSON(r.Answer)
	}
}

// readOnly says whether an operation changes nothing, by its name as AWS chooses them. New credentials are no change.
func readOnly(operation string) bool {
	for _, begins := range []string{"Get", "List", "Describe", "Simulate", "Query", "Scan", "BatchGet", "TransactGet", "Decode", "AssumeRole", "Lookup", "Validate"} {
		if strings.HasPrefix(operation, begins) {
			return true
		}
	}
	return false
}
