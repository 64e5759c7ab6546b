package dynamodb

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
	"github.com/statordb/stator/internal/transfer"
)

// What exports and imports have in common.

// The constraints of the model (API reference, ExportTableToPointInTime and ImportTable).
var (
	bucketPattern = awsapi.Regexp(`^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$`)
	ownerPattern  = awsapi.Regexp(`[0-9]{12}`)
	tokenPattern  = awsapi.Pattern{Text: `^[^\$]+$`, Match: func(s string) bool { return s != "" && !strings.Contains(s, "$") }}
)

const (
	maxBucketName    = 255
	maxObjectPrefix  = 1024
	minTransferARN   = 37
	maxTransferARN   = 1024
	maxTransfersPage = 25
)

func (v *violations) pattern(at string, t text, p awsapi.Pattern) {
	if t.set {
		v.Pattern(at, &t.value, p)
	}
}

// bucket checks the members that say where objects are, which the two operations have under different names.
func (v *violations) bucket(at string, name, owner, prefix *string, prefixName string) {
	v.required(at+"s3Bucket", name != nil)
	v.length(at+"s3Bucket", optional(name), 0, maxBucketName)
	v.pattern(at+"s3Bucket", optional(name), bucketPattern)
	v.pattern(at+"s3BucketOwner", optional(owner), ownerPattern)
	v.length(at+prefixName, optional(prefix), 0, maxObjectPrefix)
}

// CheckItem refuses an item that PutItem would refuse to put into a table.
func CheckItem(d *table.Descriptor, item attribute.Value) error {
	err := checkItem(d, item)
	if err == nil && attribute.ItemSize(item) > maxItem {
		err = errItemTooLarge
	}
	var wire *awsapi.Error
	if errors.As(err, &wire) {
		return errors.New(wire.Message)
	}
	return err
}

// clientToken is the client token of a request, a new one if it has none.
func clientToken(given *string) string {
	if given != nil {
		return *given
	}
	return uuid.NewString()
}

// requestHash is of all that is asked for but the client token, by whom.
func requestHash(req *awsapi.Request, in any) ([32]byte, error) {
	b, err := json.Marshal(in)
	return sha256.Sum256(append(b, req.Caller.Account...)), err
}

// foreignBucket is the error for a bucket of another account. Buckets have no policies here: none lets strangers in.
func foreignBucket(req *awsapi.Request, action, resource string) error {
	return &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest,
		Message: "User: " + req.Caller.ARN + " is not authorized to perform: " + action + " on resource: \"" + resource + "\" because no resource-based policy allows the " + action + " action"}
}

// onObjects are the permissions on a bucket, and on the objects of it whose keys begin with a prefix.
func onObjects(bucket, prefix string, onBucket, onObject []string) []policy.Need {
	var needs []policy.Need
	for _, action := range onBucket {
		needs = append(needs, policy.Need{Action: action, Resource: "arn:aws:s3:::" + bucket})
	}
	for _, action := range onObject {
		needs = append(needs, policy.Need{Action: action, Resource: "arn:aws:s3:::" + bucket + "/" + prefix + "*"})
	}
	return needs
}

// transferARN is the ARN of an export or an import; kind says which.
func transferARN(scope table.Scope, name, kind, id string) string {
	return arn(scope, name, "") + "/" + kind + "/" + id
}

// parseTransferARN reads the ARN of an export or an import.
func parseTransferARN(req *awsapi.Request, text, kind string) (scope table.Scope, name, id string, ok bool) {
	head, id, ok := strings.Cut(text, "/"+kind+"/")
	if !ok || !isTableARN(head) || id == "" || strings.Contains(id, "/") {
		return table.Scope{}, "", "", false
	}
	scope, name = place(req, head)
	return scope, name, id, scope.Region == req.Region
}

// transfersPage is what ListExports and ListImports are asked for: a page of the transfers of a table, or of all if the name is "".
type transfersPage struct {
	scope table.Scope
	name  string
	after *transfer.Common
	size  int
	need  policy.Need
}

// transfersOf reads a page. The member is what the operation calls the size. Lists of all have no resource in policies.
func transfersOf(req *awsapi.Request, action string, tableARN *string, member string, size *int32, token *string) (*transfersPage, error) {
	limit := integer{size != nil, int64(aws.ToInt32(size))}
	var v violations
	v.length("tableArn", optional(tableARN), 1, maxTransferARN)
	v.atLeast(member, limit, 1)
	v.atMost(member, limit, maxTransfersPage)
	if err := v.err(); err != nil {
		return nil, err
	}
	if !limit.set {
		limit.value = maxTransfersPage
	}
	p := &transfersPage{scope: table.Scope{Account: req.Caller.Account, Region: req.Region}, size: int(limit.value), need: policy.Need{Action: action, Resource: "*"}}
	if tableARN != nil {
		r, err := parseResource(req, *tableARN, func(arn string) error { return refused("Invalid table ARN: %s", arn) })
		if err == nil && r.stream != "" {
			err = refused("Invalid table ARN: %s", awsapi.Shown(r.arn))
		}
		if err != nil {
			return nil, err
		}
		p.scope, p.name, p.need.Resource = r.scope, r.table, r.arn
	}
	var err error
	p.after, err = readNextToken(token)
	return p, err
}

// nextToken names the last element of a page, and readNextToken reads it.
func nextToken(last *transfer.Common) *string {
	return aws.String(hex.EncodeToString([]byte(last.Table + "\x00" + last.ID)))
}

func readNextToken(token *string) (*transfer.Common, error) {
	if token == nil {
		return nil, nil
	}
	b, err := hex.DecodeString(*token)
	name, id, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok {
		return nil, refused("Invalid NextToken")
	}
	return &transfer.Common{Table: name, ID: id}, nil
}

// optionalText leaves an empty text out.
func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// transferError turns the errors of transfers into what the client sees.
func transferError(err error, kind, name string, limit int) error {
	failed := func(code, message string) error {
		return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
	}
	switch {
	case errors.Is(err, transfer.ErrNotFound):
		return failed(kind+"NotFoundException", kind+" not found: "+name)
	case errors.Is(err, transfer.ErrConflict):
		return failed(kind+"ConflictException", "The client token was used for another request")
	case errors.Is(err, transfer.ErrLimit):
		return limitExceeded("There are " + strconv.Itoa(limit) + " " + strings.ToLower(kind) + "s in progress already")
	case errors.Is(err, transfer.ErrExists):
		return inUse("Table already exists: " + name)
	case errors.Is(err, table.ErrMoment):
		return failed("InvalidExportTimeException", "The time is outside of the point in time recovery window")
	}
	return backupError(err, name)
}
