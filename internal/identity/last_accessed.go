package identity

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// A report of what was last accessed is a job on AWS. Here the job is who asked for what, and the report is computed when
// it is read, which takes no longer.

const (
	// accessLifetime is how long a job can be asked for.
	accessLifetime = 7 * 24 * time.Hour
	// maxAccessJobs bounds the jobs of an account: for one more, the oldest goes.
	maxAccessJobs = 10_000
)

// accessJob is a report that was asked for.
type accessJob struct {
	Created time.Time
	// Owner is the id of the principal that asked, who alone may read the report.
	Owner string
	// ARN is what the report is about; Kind and ID say what that was when it was asked for. A policy has no ID here.
	ARN  string
	Kind kind
	ID   string `json:",omitempty"`
	// Actions says that the report is about actions too.
	Actions bool `json:",omitempty"`
}

// accessJobKey is the key of a job. The ids of jobs sort by the times at which they were made.
func accessJobKey(account, job string) []byte { return keyspace.Identity("access", account, job) }

// newJobID makes a UUID of version 7, which begins with the time in milliseconds (RFC 9562).
func newJobID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:])
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli())<<16|uint64(b[6]&0x0f|0x70)<<8|uint64(b[7]))
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// subject is the user, group, role or managed policy with an ARN.
func (v *view) subject(arn string) (k kind, h holder, p *policyRecord, err error) {
	if k, name, ok := v.holderOf(arn); ok {
		h, err := v.holder(k, name)
		if err == nil && h.base().arn(v.account, k) != arn {
			err = notFound(k, name)
		}
		return k, h, nil, err
	}
	if v.policyName(arn) == "" && !strings.HasPrefix(arn, managedByAWS) {
		return "", nil, nil, invalidInput("Invalid Entity Arn: " + arn + " does not clearly define entity type and name.")
	}
	p, err = v.policy(arn)
	return policyKind, nil, p, err
}

// onSubject is the user, group, role or managed policy with an ARN, as the target of a call.
func onSubject(arn *string) resource {
	return func(v *view) (target, error) {
		if k, name, ok := v.holderOf(*arn); ok {
			return named(k, &name)(v)
		}
		return customerPolicy(arn)(v)
	}
}

// generateServiceLastAccessedDetails decodes GenerateServiceLastAccessedDetails.
func (s *Store) generateServiceLastAccessedDetails(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GenerateServiceLastAccessedDetailsInput](req, "Arn")
	if err != nil {
		return nil, err
	}
	return s.writeAside(req, "GenerateServiceLastAccessedDetails", onSubject(in.Arn), func(e *edit) (any, error) {
		k, h, _, err := e.subject(*in.Arn)
		if err != nil {
			return nil, err
		}
		job := accessJob{Created: e.now, Owner: req.Caller.ID, ARN: *in.Arn, Kind: k,
			Actions: in.Granularity == types.AccessAdvisorUsageGranularityTypeActionLevel}
		if h != nil {
			job.ID = h.base().ID
		}
		if err := e.dropAccessJobs(); err != nil {
			return nil, err
		}
		id := newJobID(s.now())
		return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: &id}, put(e.tx, accessJobKey(e.account, id), job)
	})
}

// dropAccessJobs deletes jobs that are over, and the oldest if there are too many for one more.
func (e *edit) dropAccessJobs() error {
	const atOnce = 100
	n, err := e.count("access", e.account)
	if err != nil {
		return err
	}
	start, end := keyspace.IdentityRange("access", e.account)
	var drop [][]byte
	err = e.r.Scan(e.ctx, kv.Range{Start: start, End: end, Limit: atOnce}, func(key, value []byte) (bool, error) {
		var job accessJob
		if err := json.Unmarshal(value, &job); err != nil {
			return false, err
		}
		if len(drop) == atOnce || !job.over(e.now) && n-len(drop) < maxAccessJobs {
			return false, nil
		}
		drop = append(drop, slices.Clone(key))
		return true, nil
	})
	for _, key := range drop {
		if err == nil {
			err = e.tx.Delete(key)
		}
	}
	return err
}

func (j *accessJob) over(now time.Time) bool { return !now.Before(j.Created.Add(accessLifetime)) }

// accessJob reads a job of the caller's. AWS shows it to nobody else, and to a role in the same session only.
func (v *view) accessJob(id string) (*accessJob, error) {
	job, ok, err := get[accessJob](v.ctx, v.r, accessJobKey(v.account, id))
	if err == nil && (!ok || job.Owner != v.req.Caller.ID || job.over(v.s.now())) {
		err = noSuch("Job with ID " + id + " cannot be found.")
	}
	return &job, err
}

// accessor is a user or role that could have used the permissions that a report is about.
type accessor struct {
	kind  kind
	base  *entity
	usage *usageRecord
}

// accessReport is what a report is made from.
type accessReport struct {
	policies  []granting
	accessors []accessor
}

// accessReport reads what a job asked for. It is nil if that is not there any more.
func (v *view) accessReport(job *accessJob) (*accessReport, error) {
	if job.Kind == policyKind {
		p, err := v.policyOrNone(job.ARN)
		if err != nil || p == nil {
			return nil, err
		}
		r := &accessReport{}
		r.add(p.document(), types.PolicyGrantingServiceAccess{})
		list, err := v.holdersOf(job.ARN, types.PolicyUsageTypePermissionsPolicy)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			if err := v.addAccessors(r, h.kind, h.base.ID); err != nil {
				return nil, err
			}
		}
		return r, nil
	}
	h, err := v.holderByID(job.Kind, job.ID)
	if err != nil || h == nil {
		return nil, err
	}
	r := &accessReport{}
	if r.policies, err = v.grantings(job.Kind, h); err != nil {
		return nil, err
	}
	return r, v.addAccessors(r, job.Kind, job.ID)
}

// addAccessors adds a user or a role, or the members of a group.
func (v *view) addAccessors(r *accessReport, k kind, id string) error {
	if k == groupKind {
		members, err := v.lasts("member", v.account, id)
		for _, member := range members {
			if err == nil {
				err = v.addAccessors(r, userKind, member)
			}
		}
		return err
	}
	if slices.ContainsFunc(r.accessors, func(a accessor) bool { return a.base.ID == id }) {
		return nil // it has the policy in two ways
	}
	base, err := byID[entity](v, k, id)
	if err != nil || base == nil {
		return err
	}
	usage, err := v.usage(id)
	r.accessors = append(r.accessors, accessor{k, base, usage})
	return err
}

// add adds a policy that can be read.
func (r *accessReport) add(document string, shown types.PolicyGrantingServiceAccess) {
	if d, err := policy.ReadDocument([]byte(document)); err == nil {
		r.policies = append(r.policies, granting{d, shown})
	}
}

// grants says whether the policies allow something and none denies it everywhere.
func (r *accessReport) grants(allows, denies func(*policy.Document) bool) bool {
	return slices.ContainsFunc(r.policies, func(g granting) bool { return allows(g.document) }) &&
		!slices.ContainsFunc(r.policies, func(g granting) bool { return denies(g.document) })
}

func (r *accessReport) grantsService(namespace string) bool {
	return r.grants(func(d *policy.Document) bool { return d.GrantsService(namespace) },
		func(d *policy.Document) bool { return d.WithholdsService(namespace) })
}

func (r *accessReport) grantsAction(action string) bool {
	return r.grants(func(d *policy.Document) bool { return d.Grants(action) },
		func(d *policy.Document) bool { return d.Withholds(action) })
}

// latest is the last of the uses that of finds, by whom it was, and how many accessors have one.
func (v *view) latest(r *accessReport, of func(*usageRecord) lastUse) (at *time.Time, arn, region *string, total int32) {
	for _, a := range r.accessors {
		t, from := v.tracked(of(a.usage))
		if t == nil {
			continue
		}
		if total++; at == nil || t.After(*at) {
			at, region, arn = t, from, aws.String(a.base.arn(v.account, a.kind))
		}
	}
	return at, arn, region, total
}

// service is the report on one service.
func (v *view) service(r *accessReport, s service, actions bool) types.ServiceLastAccessed {
	out := types.ServiceLastAccessed{ServiceName: aws.String(s.name), ServiceNamespace: aws.String(s.namespace)}
	var total int32
	out.LastAuthenticated, out.LastAuthenticatedEntity, out.LastAuthenticatedRegion, total =
		v.latest(r, func(u *usageRecord) lastUse { return u.Services[s.namespace] })
	out.TotalAuthenticatedEntities = &total
	if !actions {
		return out
	}
	used := false
	for _, name := range TrackedActions(s.namespace) {
		action := s.namespace + ":" + name
		if !r.grantsAction(action) {
			continue
		}
		tracked := types.TrackedActionLastAccessed{ActionName: aws.String(name)}
		tracked.LastAccessedTime, tracked.LastAccessedEntity, tracked.LastAccessedRegion, total =
			v.latest(r, func(u *usageRecord) lastUse { return u.Actions[action] })
		used = used || total > 0
		out.TrackedActionsLastAccessed = append(out.TrackedActionsLastAccessed, tracked)
	}
	if !used { // "null ... if the principal did not use the tracked actions" (ServiceLastAccessed, IAM API Reference)
		out.TrackedActionsLastAccessed = nil
	}
	return out
}

func accessGone(job *accessJob) *types.ErrorDetails {
	return &types.ErrorDetails{Code: aws.String("NoSuchEntity"), Message: aws.String(job.ARN + " does not exist any more.")}
}

// getServiceLastAccessedDetails decodes GetServiceLastAccessedDetails.
func (s *Store) getServiceLastAccessedDetails(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetServiceLastAccessedDetailsInput](req, "JobId")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetServiceLastAccessedDetails", anything, func(v *view) (any, error) {
		job, err := v.accessJob(*in.JobId)
		if err != nil {
			return nil, err
		}
		out := &iam.GetServiceLastAccessedDetailsOutput{JobStatus: types.JobStatusTypeCompleted, JobCreationDate: &job.Created,
			JobCompletionDate: &job.Created, JobType: types.AccessAdvisorUsageGranularityTypeServiceLevel, ServicesLastAccessed: []types.ServiceLastAccessed{}}
		if job.Actions {
			out.JobType = types.AccessAdvisorUsageGranularityTypeActionLevel
		}
		r, err := v.accessReport(job)
		if err != nil {
			return nil, err
		}
		if r == nil {
			out.JobStatus, out.Error = types.JobStatusTypeFailed, accessGone(job)
			return out, nil
		}
		granted := slices.DeleteFunc(slices.Clone(services[:]), func(s service) bool { return !r.grantsService(s.namespace) })
		p, err := pageOf(granted, func(s service) string { return s.namespace }, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		for _, s := range p.items {
			out.ServicesLastAccessed = append(out.ServicesLastAccessed, v.service(r, s, job.Actions))
		}
		out.IsTruncated, out.Marker = p.more, p.marker()
		return out, nil
	})
}

// getServiceLastAccessedDetailsWithEntities decodes GetServiceLastAccessedDetailsWithEntities.
func (s *Store) getServiceLastAccessedDetailsWithEntities(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetServiceLastAccessedDetailsWithEntitiesInput](req, "JobId", "ServiceNamespace")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetServiceLastAccessedDetailsWithEntities", anything, func(v *view) (any, error) {
		job, err := v.accessJob(*in.JobId)
		if err != nil {
			return nil, err
		}
		out := &iam.GetServiceLastAccessedDetailsWithEntitiesOutput{JobStatus: types.JobStatusTypeCompleted, JobCreationDate: &job.Created,
			JobCompletionDate: &job.Created, EntityDetailsList: []types.EntityDetails{}}
		r, err := v.accessReport(job)
		if err != nil {
			return nil, err
		}
		if r == nil {
			out.JobStatus, out.Error = types.JobStatusTypeFailed, accessGone(job)
			return out, nil
		}
		if !r.grantsService(*in.ServiceNamespace) {
			return out, nil // nobody could have used it
		}
		used := func(a accessor) *time.Time {
			at, _ := v.tracked(a.usage.Services[*in.ServiceNamespace])
			return at
		}
		p, err := pageOf(r.accessors, func(a accessor) string { // the latest first, those without use last
			at := int64(0)
			if t := used(a); t != nil {
				at = t.Unix()
			}
			return strconv.FormatInt(math.MaxInt64-at, 10) + a.base.ID
		}, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		for _, a := range p.items {
			out.EntityDetailsList = append(out.EntityDetailsList, types.EntityDetails{LastAuthenticated: used(a), EntityInfo: &types.EntityInfo{
				Arn: aws.String(a.base.arn(v.account, a.kind)), Id: aws.String(a.base.ID), Name: aws.String(a.base.Name),
				Path: aws.String(a.base.Path), Type: ownerType(a.kind)}})
		}
		out.IsTruncated, out.Marker = p.more, p.marker()
		return out, nil
	})
}

func ownerType(k kind) types.PolicyOwnerEntityType {
	return types.PolicyOwnerEntityType(strings.ToUpper(string(k)))
}
