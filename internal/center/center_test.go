package center_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

const (
	region    = "eu-west-1"
	masterKey = "c3RhdG9yIHRlc3RzIHVzZSB0aGlzIG1hc3RlciBrZXk="
)

// world is two servers over one engine, and beside them what the access portal of a third would use: people, and what they may be.
type world struct {
	*testing.T
	db    kv.DB
	conf  aws.Config // of the administrator, at the first server
	other string     // the endpoint of the second
	admin *ssoadmin.Client
	dir   *directory.Store
	// center knows the same as the servers'.
	center   *center.Store
	account  string // the management account
	instance *string
	// most is what the engine was asked in one transaction at the most.
	most *atomic.Int64
}

// shared is an engine that no server closes, and that counts.
type shared struct {
	kv.DB
	most *atomic.Int64
}

func (s shared) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return s.DB.Update(ctx, func(tx kv.Txn) error {
		counting := &countingTxn{Txn: tx}
		err := fn(counting)
		for most := s.most.Load(); counting.asked > most && !s.most.CompareAndSwap(most, counting.asked); most = s.most.Load() {
		}
		return err
	})
}

// countingTxn counts what would be round trips to an engine at the other end of a network.
type countingTxn struct {
	kv.Txn
	asked int64
}

func (t *countingTxn) Get(ctx context.Context, key []byte) ([]byte, error) {
	t.asked++
	return t.Txn.Get(ctx, key)
}

func (t *countingTxn) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	t.asked++
	return t.Txn.GetMany(ctx, keys)
}

func (t *countingTxn) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	t.asked++
	return t.Txn.Scan(ctx, r, fn)
}

func (shared) Close() error { return nil }

func open(t *testing.T) *world {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sum, err := stator.CheckOn(context.Background(), db, func(problem string) { t.Error(problem) })
		if err != nil || sum.Identities == 0 {
			t.Error(sum, err)
		}
		_ = db.Close()
	})
	w := &world{T: t, db: db, most: new(atomic.Int64)}
	var endpoints []string
	for i := range 2 {
		s, err := stator.OpenOn(shared{db, w.most}, stator.Options{MasterKey: masterKey, Region: region})
		if err != nil {
			t.Fatal(err)
		}
		web := httptest.NewServer(s)
		t.Cleanup(func() {
			web.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		endpoints = append(endpoints, web.URL)
		if key, ok := s.Credentials(); i == 0 && ok {
			w.account = key.Account
			w.conf = aws.Config{BaseEndpoint: aws.String(web.URL), Region: region, RetryMaxAttempts: 1,
				Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, "")}
		}
	}
	w.other, w.admin = endpoints[1], ssoadmin.NewFromConfig(w.conf)
	keys, err := identity.ParseMasterKeys(masterKey)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := identity.Open(t.Context(), db, identity.Options{MasterKey: keys[0],
		Person: func(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
			return w.center.Allowed(ctx, r, p.User, p.Account, p.PermissionSet)
		}})
	if err != nil {
		t.Fatal(err)
	}
	if w.dir, err = directory.Open(t.Context(), db, directory.Options{Change: ids.Change}); err != nil {
		t.Fatal(err)
	}
	if w.center, err = center.Open(t.Context(), db, center.Options{Identities: ids, Directory: w.dir}); err != nil {
		t.Fatal(err)
	}
	made, err := w.admin.CreateInstance(t.Context(), &ssoadmin.CreateInstanceInput{Name: aws.String("people"), ClientToken: aws.String("token-of-the-world")})
	if err != nil {
		t.Fatal(err)
	}
	w.instance = made.InstanceArn
	return w
}

// in is the same world in a part of the test.
func (w *world) in(t *testing.T) *world {
	v := *w
	v.T = t
	return &v
}

// change changes people as the directory's APIs do.
func (w *world) change(fn func(kv.Txn) error) {
	w.Helper()
	if err := w.dir.Change(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

func (w *world) user(name string, more func(*directory.User)) *directory.User {
	w.Helper()
	u := &directory.User{UserName: name, DisplayName: name, Name: directory.Name{FamilyName: "F", GivenName: "G"}}
	if more != nil {
		more(u)
	}
	w.change(func(tx kv.Txn) error {
		v := *u
		defer func() { *u = v }()
		return w.dir.PutUser(w.Context(), tx, &v)
	})
	return u
}

func (w *world) group(name string, members ...*directory.User) *directory.Group {
	w.Helper()
	g := &directory.Group{DisplayName: name}
	w.change(func(tx kv.Txn) error {
		made := *g
		defer func() { *g = made }()
		if err := w.dir.PutGroup(w.Context(), tx, &made); err != nil {
			return err
		}
		for _, u := range members {
			if _, err := w.dir.AddMember(w.Context(), tx, made.ID, u.ID, "test"); err != nil {
				return err
			}
		}
		return nil
	})
	return g
}

// set makes a permission set, with an inline policy if that is not "".
func (w *world) set(name, inline string) *string {
	w.Helper()
	made, err := w.admin.CreatePermissionSet(w.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance, Name: aws.String(name)})
	if err != nil {
		w.Fatal(err)
	}
	if inline != "" {
		w.inline(made.PermissionSet.PermissionSetArn, inline)
	}
	return made.PermissionSet.PermissionSetArn
}

func (w *world) inline(set *string, document string) {
	w.Helper()
	ok(w.T)(w.admin.PutInlinePolicyToPermissionSet(w.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set,
		InlinePolicy: aws.String(document)}))
}

// assign assigns a permission set in an account, and returns how that went.
func (w *world) assign(set *string, account string, typ types.PrincipalType, principal string) *types.AccountAssignmentOperationStatus {
	w.Helper()
	begun, err := w.admin.CreateAccountAssignment(w.Context(), &ssoadmin.CreateAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: set,
		TargetId: aws.String(account), TargetType: types.TargetTypeAwsAccount, PrincipalType: typ, PrincipalId: aws.String(principal)})
	if err != nil {
		w.Fatal(err)
	}
	if begun.AccountAssignmentCreationStatus.Status != types.StatusValuesInProgress {
		w.Error("it begins as", begun.AccountAssignmentCreationStatus.Status)
	}
	done, err := w.admin.DescribeAccountAssignmentCreationStatus(w.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: w.instance,
		AccountAssignmentCreationRequestId: begun.AccountAssignmentCreationStatus.RequestId})
	if err != nil {
		w.Fatal(err)
	}
	return done.AccountAssignmentCreationStatus
}

func (w *world) assigned(set *string, account string, typ types.PrincipalType, principal string) {
	w.Helper()
	if st := w.assign(set, account, typ, principal); st.Status != types.StatusValuesSucceeded {
		w.Fatal(st.Status, aws.ToString(st.FailureReason))
	}
}

func (w *world) unassign(set *string, account string, typ types.PrincipalType, principal string) {
	w.Helper()
	ok(w.T)(w.admin.DeleteAccountAssignment(w.Context(), &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: set,
		TargetId: aws.String(account), TargetType: types.TargetTypeAwsAccount, PrincipalType: typ, PrincipalId: aws.String(principal)}))
}

func (w *world) provision(set *string) *types.PermissionSetProvisioningStatus {
	w.Helper()
	begun, err := w.admin.ProvisionPermissionSet(w.Context(), &ssoadmin.ProvisionPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set,
		TargetType: types.ProvisionTargetTypeAllProvisionedAccounts})
	if err != nil {
		w.Fatal(err)
	}
	done, err := w.admin.DescribePermissionSetProvisioningStatus(w.Context(), &ssoadmin.DescribePermissionSetProvisioningStatusInput{InstanceArn: w.instance,
		ProvisionPermissionSetRequestId: begun.PermissionSetProvisioningStatus.RequestId})
	if err != nil {
		w.Fatal(err)
	}
	return done.PermissionSetProvisioningStatus
}

// be is a person's configuration for both servers.
func (w *world) be(u *directory.User, account, set string) [2]aws.Config {
	w.Helper()
	key, err := w.center.RoleCredentials(w.Context(), u.ID, "", account, set, "")
	if err != nil {
		w.Fatal(err)
	}
	first, second := w.conf.Copy(), w.conf.Copy()
	first.Credentials = credentials.NewStaticCredentialsProvider(key.ID, key.Secret, key.SessionToken)
	second.Credentials, second.BaseEndpoint = first.Credentials, aws.String(w.other)
	return [2]aws.Config{first, second}
}

// table makes a table with the item p=k in the administrator's account.
func (w *world) table(name string) {
	w.Helper()
	c := dynamodb.NewFromConfig(w.conf)
	ok(w.T)(c.CreateTable(w.Context(), &dynamodb.CreateTableInput{TableName: aws.String(name), BillingMode: dbtypes.BillingModePayPerRequest,
		AttributeDefinitions: []dbtypes.AttributeDefinition{{AttributeName: aws.String("p"), AttributeType: "S"}},
		KeySchema:            []dbtypes.KeySchemaElement{{AttributeName: aws.String("p"), KeyType: "HASH"}}}))
	ok(w.T)(c.PutItem(w.Context(), &dynamodb.PutItemInput{TableName: aws.String(name), Item: item}))
}

var item = map[string]dbtypes.AttributeValue{"p": &dbtypes.AttributeValueMemberS{Value: "k"}}

func get(ctx context.Context, conf aws.Config, table string) error {
	_, err := dynamodb.NewFromConfig(conf).GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: item})
	return err
}

func put(ctx context.Context, conf aws.Config, table string) error {
	_, err := dynamodb.NewFromConfig(conf).PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	return err
}

// ends waits until credentials are worth nothing any more at both servers.
func (w *world) ends(confs [2]aws.Config) {
	w.Helper()
	for i, conf := range confs {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			_, err := sts.NewFromConfig(conf).GetCallerIdentity(w.Context(), nil)
			if code(err) == "ExpiredToken" {
				break
			}
			if err != nil || time.Now().After(deadline) {
				w.Fatalf("server %d: %v", i, err)
			}
		}
	}
}

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

func ok(t testing.TB) func(out any, err error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func TestPermissionSetInAnAccount(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	w.table("music")
	ann := w.user("ann@example.com", nil)
	set := w.set("Reader", allow("dynamodb:GetItem", "*"))
	w.assigned(set, w.account, types.PrincipalTypeUser, ann.ID)
	confs := w.be(ann, w.account, "Reader")
	who, err := sts.NewFromConfig(confs[1]).GetCallerIdentity(ctx, nil)
	if err != nil || !strings.Contains(*who.Arn, "assumed-role/AWSReservedSSO_Reader_") || !strings.HasSuffix(*who.Arn, "/ann@example.com") {
		t.Fatal(who, err)
	}
	for _, conf := range confs {
		if err := get(ctx, conf, "music"); err != nil {
			t.Error(err)
		}
		if err := put(ctx, conf, "music"); code(err) != "AccessDeniedException" {
			t.Error(err)
		}
	}
	all, err := w.center.Accounts(ctx, ann.ID)
	if err != nil || len(all) != 1 || all[0].Account != w.account || len(all[0].Roles) != 1 || all[0].Roles[0].Name != "Reader" ||
		all[0].Roles[0].PermissionSetARN != *set || all[0].Roles[0].Duration != time.Hour {
		t.Errorf("%+v %v", all, err)
	}
	roles, err := iam.NewFromConfig(w.conf).ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/sso.amazonaws.com/" + region + "/")})
	if err != nil || len(roles.Roles) != 1 || *roles.Roles[0].MaxSessionDuration != 43200 {
		t.Error(roles, err)
	}

	// A change reaches accounts when the permission set is provisioned.
	w.inline(set, allow("dynamodb:PutItem", "*"))
	stale, err := w.admin.ListAccountsForProvisionedPermissionSet(ctx, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: w.instance,
		PermissionSetArn: set, ProvisioningStatus: types.ProvisioningStatusLatestPermissionSetNotProvisioned})
	if err != nil || len(stale.AccountIds) != 1 {
		t.Error(stale, err)
	}
	if err := get(ctx, confs[0], "music"); err != nil {
		t.Error(err)
	}
	if st := w.provision(set); st.Status != types.StatusValuesSucceeded {
		t.Error(st.Status, st.FailureReason)
	}
	if err := get(ctx, confs[0], "music"); code(err) != "AccessDeniedException" {
		t.Error(err)
	}
	if err := put(ctx, confs[0], "music"); err != nil {
		t.Error(err)
	}
	current, err := w.admin.ListPermissionSetsProvisionedToAccount(ctx, &ssoadmin.ListPermissionSetsProvisionedToAccountInput{InstanceArn: w.instance,
		AccountId: aws.String(w.account), ProvisioningStatus: types.ProvisioningStatusLatestPermissionSetProvisioned})
	if err != nil || len(current.PermissionSets) != 1 || current.PermissionSets[0] != *set {
		t.Error(current, err)
	}

	// One that is assigned stays.
	_, err = w.admin.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set})
	if code(err) != "ConflictException" {
		t.Error(err)
	}
	w.unassign(set, w.account, types.PrincipalTypeUser, ann.ID)
	w.ends(confs)
	if roles, err := iam.NewFromConfig(w.conf).ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/")}); err != nil || len(roles.Roles) != 0 {
		t.Error(roles, err)
	}
	ok(t)(w.admin.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set}))
	if _, err := w.center.RoleCredentials(ctx, ann.ID, "", w.account, "Reader", ""); !errors.Is(err, identity.ErrNotAllowed) {
		t.Error(err)
	}
}

// Whatever takes a person's access away ends the sessions of the person, on every server.
func TestSessionsEnd(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	set := w.set("Any", "")
	for name, c := range map[string]struct {
		typ  types.PrincipalType
		take func(w *world, u *directory.User, g *directory.Group)
	}{
		"assignment of the user":  {types.PrincipalTypeUser, func(w *world, u *directory.User, _ *directory.Group) { w.unassign(set, w.account, "USER", u.ID) }},
		"assignment of the group": {types.PrincipalTypeGroup, func(w *world, _ *directory.User, g *directory.Group) { w.unassign(set, w.account, "GROUP", g.ID) }},
		"membership": {types.PrincipalTypeGroup, func(w *world, u *directory.User, g *directory.Group) {
			w.change(func(tx kv.Txn) error { return w.dir.RemoveMember(ctx, tx, g.ID, u.ID) })
		}},
		"group": {types.PrincipalTypeGroup, func(w *world, _ *directory.User, g *directory.Group) {
			w.change(func(tx kv.Txn) error { return w.dir.DeleteGroup(ctx, tx, g.ID) })
		}},
		"user, deleted": {types.PrincipalTypeUser, func(w *world, u *directory.User, _ *directory.Group) {
			w.change(func(tx kv.Txn) error { return w.dir.DeleteUser(ctx, tx, u.ID) })
		}},
		"user, disabled": {types.PrincipalTypeGroup, func(w *world, u *directory.User, _ *directory.Group) {
			w.change(func(tx kv.Txn) error {
				v := *u
				v.Disabled = true
				return w.dir.PutUser(ctx, tx, &v)
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			user := strings.NewReplacer(" ", ".", ",", "").Replace(name)
			u := w.user(user, nil)
			g := w.group(user, u)
			id := u.ID
			if c.typ == types.PrincipalTypeGroup {
				id = g.ID
			}
			stays := w.user("stays."+user, nil)
			w.assigned(set, w.account, c.typ, id)
			w.assigned(set, w.account, types.PrincipalTypeUser, stays.ID)
			confs, others := w.be(u, w.account, "Any"), w.be(stays, w.account, "Any")
			for _, conf := range confs {
				ok(t)(sts.NewFromConfig(conf).GetCallerIdentity(ctx, nil))
			}
			c.take(w, u, g)
			w.ends(confs)
			for _, conf := range others {
				ok(t)(sts.NewFromConfig(conf).GetCallerIdentity(ctx, nil))
			}
			if _, err := w.center.RoleCredentials(ctx, u.ID, "", w.account, "Any", ""); !errors.Is(err, identity.ErrNotAllowed) {
				t.Error(err)
			}
			if all, err := w.center.Accounts(ctx, u.ID); err != nil || len(all) != 0 {
				t.Error(all, err)
			}
		})
	}
}

// What a person makes out of a role ends with it.
func TestRoleChaining(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	ann := w.user("ann", nil)
	set := w.set("Chain", allow("sts:AssumeRole", "*"))
	w.assigned(set, w.account, types.PrincipalTypeUser, ann.ID)
	made, err := iam.NewFromConfig(w.conf).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("next"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + w.account + `"},"Action":"sts:AssumeRole"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	next := w.be(ann, w.account, "Chain")
	for range 2 { // a role of a role, the second time
		for i, conf := range next {
			out, err := sts.NewFromConfig(conf).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("ann")})
			if err != nil {
				t.Fatal(err)
			}
			next[i].Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
		}
		ok(t)(iam.NewFromConfig(w.conf).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("next"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("sts:AssumeRole", "*"))}))
		for _, conf := range next {
			ok(t)(sts.NewFromConfig(conf).GetCallerIdentity(ctx, nil))
		}
	}
	w.unassign(set, w.account, types.PrincipalTypeUser, ann.ID)
	w.ends(next)
}

// A member account has a role of its own, and a policy of the account's own has to be there.
func TestCustomerManagedPolicies(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	made, err := organizations.NewFromConfig(w.conf).CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("Shop"), Email: aws.String("shop@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	shop := *made.CreateAccountStatus.AccountId
	ann := w.user("ann", nil)
	set := w.set("Both", "")
	ok(t)(w.admin.AttachCustomerManagedPolicyReferenceToPermissionSet(ctx, &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{
		InstanceArn: w.instance, PermissionSetArn: set, CustomerManagedPolicyReference: &types.CustomerManagedPolicyReference{Name: aws.String("Own"), Path: aws.String("/team/")}}))
	ok(t)(w.admin.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set,
		PermissionsBoundary: &types.PermissionsBoundary{ManagedPolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess")}}))
	st := w.assign(set, shop, types.PrincipalTypeUser, ann.ID)
	if st.Status != types.StatusValuesFailed || !strings.Contains(aws.ToString(st.FailureReason), "arn:aws:iam::"+shop+":policy/team/Own") {
		t.Error(st.Status, aws.ToString(st.FailureReason))
	}
	if all, err := w.center.Accounts(ctx, ann.ID); err != nil || len(all) != 0 {
		t.Error("an assignment that failed:", all, err)
	}
	in, err := sts.NewFromConfig(w.conf).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + shop + ":role/OrganizationAccountAccessRole"), RoleSessionName: aws.String("setup")})
	if err != nil {
		t.Fatal(err)
	}
	shopConf := w.conf.Copy()
	shopConf.Credentials = credentials.NewStaticCredentialsProvider(*in.Credentials.AccessKeyId, *in.Credentials.SecretAccessKey, *in.Credentials.SessionToken)
	ok(t)(iam.NewFromConfig(shopConf).CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("Own"), Path: aws.String("/team/"),
		PolicyDocument: aws.String(allow("dynamodb:*", "*"))}))
	w.assigned(set, shop, types.PrincipalTypeUser, ann.ID)
	conf := w.be(ann, shop, "Both")[0]
	if _, err := dynamodb.NewFromConfig(conf).ListTables(ctx, nil); err != nil {
		t.Error(err)
	}
	if err := put(ctx, conf, "none"); code(err) != "AccessDeniedException" {
		t.Error("beyond the boundary:", err)
	}
	// Another account sees the instance and may not change it.
	member := ssoadmin.NewFromConfig(shopConf)
	if list, err := member.ListInstances(ctx, nil); err != nil || len(list.Instances) != 1 || *list.Instances[0].OwnerAccountId != w.account {
		t.Error(list, err)
	}
	if _, err := member.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance}); code(err) != "AccessDeniedException" {
		t.Error(err)
	}
	// The role of a closed account is nobody's.
	ok(t)(organizations.NewFromConfig(w.conf).CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: aws.String(shop)}))
	if all, err := w.center.Accounts(ctx, ann.ID); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

// What a user is becomes tags of its sessions.
func TestAccessControlAttributes(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	w.table("blue")
	w.table("red")
	ok(t)(w.admin.CreateInstanceAccessControlAttributeConfiguration(ctx, &ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance,
		InstanceAccessControlAttributeConfiguration: &types.InstanceAccessControlAttributeConfiguration{AccessControlAttributes: []types.AccessControlAttribute{
			{Key: aws.String("Team"), Value: &types.AccessControlAttributeValue{Source: []string{"${path:enterprise.department}"}}},
			{Key: aws.String("Mail"), Value: &types.AccessControlAttributeValue{Source: []string{`${path:emails[primary eq true].value}`}}},
		}}}))
	ann := w.user("ann", func(u *directory.User) { u.Enterprise = map[string]string{"department": "blue"} })
	set := w.set("Team", allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/Team}"))
	w.assigned(set, w.account, types.PrincipalTypeUser, ann.ID)
	conf := w.be(ann, w.account, "Team")[0]
	if err := get(ctx, conf, "blue"); err != nil {
		t.Error(err)
	}
	if err := get(ctx, conf, "red"); code(err) != "AccessDeniedException" {
		t.Error(err)
	}
	shown, err := w.admin.DescribeInstanceAccessControlAttributeConfiguration(ctx, &ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance})
	if err != nil || len(shown.InstanceAccessControlAttributeConfiguration.AccessControlAttributes) != 2 || shown.Status != "ENABLED" {
		t.Error(shown, err)
	}
	ok(t)(w.admin.DeleteInstanceAccessControlAttributeConfiguration(ctx, &ssoadmin.DeleteInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance}))
	if err := get(ctx, w.be(ann, w.account, "Team")[0], "blue"); code(err) != "AccessDeniedException" {
		t.Error(err)
	}
}
