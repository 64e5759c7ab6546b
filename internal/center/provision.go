package center

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// longestSession is the longest session of any permission set; roles take it, and the permission set says how long sessions are.
const longestSession = 12 * time.Hour

// arn is that of the policy in an account.
func (p *policyRef) arn(account string) string {
	return "arn:aws:iam::" + account + ":policy" + p.Path + p.Name
}

// rolePath is that of the roles of an instance: the region is in it, unless it is us-east-1 ("Referencing permission sets in
// resource policies", IAM Identity Center User Guide).
func (i *instanceRecord) rolePath() string {
	if i.Region == "us-east-1" {
		return "/aws-reserved/sso.amazonaws.com/"
	}
	return "/aws-reserved/sso.amazonaws.com/" + i.Region + "/"
}

// failure is why a permission set could not be provisioned, as its status says it.
type failure struct{ reason string }

func (f *failure) Error() string { return f.reason }

// failedWith is a failure with an answer of HTTP, as AWS words it.
func failedWith(status int, reason string) *failure {
	return &failure{"Received a " + strconv.Itoa(status) + " status error: " + reason}
}

// checkAccount is a *failure for what is no open account of the organization.
func (s *Store) checkAccount(ctx context.Context, r kv.Reader, account string) error {
	member, err := s.ids.Member(ctx, r, account)
	if err == nil && (member == nil || !member.Open) {
		err = failedWith(http.StatusNotFound, "Account "+account+" is not an active account of the organization.")
	}
	return err
}

// provision makes a permission set a role in an account, or brings the role up to date. The error is a *failure if that can't be;
// then nothing has been changed.
func (s *Store) provision(ctx context.Context, tx kv.Txn, inst *instanceRecord, set *setRecord, account string) error {
	if err := s.checkAccount(ctx, tx, account); err != nil {
		return err
	}
	there, err := find[provisionedRecord](ctx, tx, provisionedKey(set.ID, account))
	if err != nil {
		return err
	}
	if there == nil {
		there = &provisionedRecord{Role: "AWSReservedSSO_" + set.Name + "_" + newID()}
	}
	length, err := parseDuration(set.Duration)
	if err != nil {
		return err
	}
	there.Version, there.Seconds, there.Updated = set.Version, int32(length/time.Second), s.now()
	role := identity.ReservedRole{Name: there.Role, Path: inst.rolePath(), Description: set.Description, Inline: set.Inline,
		MaxSession: int32(longestSession / time.Second), Managed: append([]string(nil), set.Managed...)}
	for _, p := range set.Customer {
		role.Managed = append(role.Managed, p.arn(account))
	}
	if b := set.Boundary; b != nil {
		role.Boundary = b.Managed
		if b.Customer != nil {
			role.Boundary = b.Customer.arn(account)
		}
	}
	err = s.ids.PutReservedRole(ctx, tx, account, role)
	if refused, ok := errors.AsType[*awsapi.Error](err); ok {
		err = failedWith(refused.Status, refused.Message)
	}
	if err != nil {
		return err
	}
	if err := put(tx, inAccountKey(account, set.ID), true); err != nil {
		return err
	}
	return put(tx, provisionedKey(set.ID, account), there)
}

// deprovision deletes the role of a permission set in an account, which ends its sessions.
func (s *Store) deprovision(ctx context.Context, tx kv.Txn, set, account string) error {
	there, err := find[provisionedRecord](ctx, tx, provisionedKey(set, account))
	if err != nil || there == nil {
		return err
	}
	if err := s.ids.DeleteReservedRole(ctx, tx, account, there.Role); err != nil {
		return err
	}
	if err := tx.Delete(inAccountKey(account, set)); err != nil {
		return err
	}
	return tx.Delete(provisionedKey(set, account))
}

// setID is the id of a permission set by its ARN. It reports false for what can't be one of the instance's.
func (i *instanceRecord) setID(arn string) (string, bool) {
	return strings.CutPrefix(arn, setARN(i.ID, ""))
}

// parseDuration reads how long sessions are to be, in ISO 8601: "from 1 to 12 hours".
func parseDuration(text string) (time.Duration, error) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil || m[1] != "" || m[2]+m[3]+m[4] != "" {
		return 0, errBadDuration
	}
	var d time.Duration
	for i, unit := range map[int]time.Duration{6: time.Hour, 7: time.Minute, 8: time.Second} {
		if m[i] == "" {
			continue
		}
		f, err := strconv.ParseFloat(m[i], 64)
		if err != nil || f > longestSession.Seconds() {
			return 0, errBadDuration
		}
		d += time.Duration(f * float64(unit))
	}
	if d < time.Hour || d > longestSession {
		return 0, errBadDuration
	}
	return d, nil
}

var errBadDuration = awsapi.Validation("The session duration has to be from 1 to 12 hours, as in PT1H.")
