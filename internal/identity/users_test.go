package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestUsers(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	bob := aws.String("Bob")
	made := must[*iam.CreateUserOutput](t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob, Path: aws.String("/division_abc/subdivision_xyz/"),
		Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("Music")}}})).User
	if *made.Arn != "arn:aws:iam::123456789012:user/division_abc/subdivision_xyz/Bob" || !strings.HasPrefix(*made.UserId, "AIDA") ||
		*made.UserName != "Bob" || len(made.Tags) != 1 || made.CreateDate.IsZero() {
		t.Errorf("%+v", made)
	}
	if got := must[*iam.GetUserOutput](t)(c.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("bOB")})).User; *got.Arn != *made.Arn || *got.UserId != *made.UserId {
		t.Errorf("names are told apart by case: %+v", got)
	}
	if me := must[*iam.GetUserOutput](t)(c.GetUser(ctx, &iam.GetUserInput{})).User; *me.UserName != adminUser {
		t.Errorf("%+v", me)
	}

	fails(t, "EntityAlreadyExists: User with name BOB already exists.")(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("BOB")}))
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(c.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("Eve")}))
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("Eve")}))
	fails(t, "ValidationError: 1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+")(
		c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("a b")}))
	fails(t, "ValidationError: 1 validation error detected: Value 'x' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)")(
		c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("a"), Path: aws.String("x")}))
	long := strings.Repeat("n", 65)
	fails(t, "ValidationError: 1 validation error detected: Value '"+long+"' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64")(
		c.CreateUser(ctx, &iam.CreateUserInput{UserName: &long}))
	fails(t, "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.")(
		c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("a"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("")}, {Key: aws.String("K"), Value: aws.String("")}}}))

	// A new name takes everything along.
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})).AccessKey
	ok(t)(c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: bob, NewUserName: aws.String("Robert"), NewPath: aws.String("/")}))
	fails(t, "NoSuchEntity: The user with name Bob cannot be found.")(c.GetUser(ctx, &iam.GetUserInput{UserName: bob}))
	fails(t, "EntityAlreadyExists: User with name administrator already exists.")(
		c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: aws.String("Robert"), NewUserName: aws.String("administrator")}))
	ok(t)(c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: aws.String("Robert"), NewUserName: aws.String("ROBERT")}))
	keys := must[*iam.ListAccessKeysOutput](t)(c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: aws.String("Robert")})).AccessKeyMetadata
	if len(keys) != 1 || *keys[0].AccessKeyId != *key.AccessKeyId || *keys[0].UserName != "ROBERT" {
		t.Errorf("%+v", keys)
	}

	// Deleting it needs all of it to be gone.
	name := aws.String("ROBERT")
	ok(t)(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: name, GroupName: aws.String(adminGroup)}))
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String(administratorAccess)}))
	ok(t)(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allowGet)}))
	ok(t)(c.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: name, PermissionsBoundary: aws.String(administratorAccess)}))
	remove := func(want string) {
		t.Helper()
		fails(t, "DeleteConflict: Cannot delete entity, must "+want+" first.")(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name}))
	}
	remove("remove users from group")
	ok(t)(c.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: name, GroupName: aws.String(adminGroup)}))
	remove("delete access keys")
	ok(t)(c.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId}))
	remove("detach all policies")
	ok(t)(c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: name, PolicyArn: aws.String(administratorAccess)}))
	remove("delete policies")
	ok(t)(c.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("p")}))
	ok(t)(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name}))
	again := must[*iam.CreateUserOutput](t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: name})).User
	if *again.UserId == *made.UserId {
		t.Error("an id was given twice")
	}
}

func TestUserTags(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	me := aws.String(adminUser)
	tags := func(keys ...string) (list []types.Tag) {
		for _, k := range keys {
			list = append(list, types.Tag{Key: aws.String(k), Value: aws.String("v" + k)})
		}
		return list
	}
	ok(t)(c.TagUser(ctx, &iam.TagUserInput{UserName: me, Tags: tags("a", "b", "c")}))
	ok(t)(c.TagUser(ctx, &iam.TagUserInput{UserName: me, Tags: tags("B")}))
	ok(t)(c.UntagUser(ctx, &iam.UntagUserInput{UserName: me, TagKeys: []string{"A"}}))
	first := must[*iam.ListUserTagsOutput](t)(c.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: me, MaxItems: aws.Int32(1)}))
	second := must[*iam.ListUserTagsOutput](t)(c.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: me, Marker: first.Marker}))
	if len(first.Tags) != 1 || !first.IsTruncated || len(second.Tags) != 1 || second.IsTruncated || *first.Tags[0].Key != "B" || *second.Tags[0].Key != "c" {
		t.Errorf("%+v %+v", first, second)
	}
	fails(t, "InvalidInput: Tag keys with the prefix aws: are reserved for AWS use.")(c.TagUser(ctx, &iam.TagUserInput{UserName: me, Tags: tags("aws:x")}))
	fails(t, "ValidationError: Invalid Marker.")(c.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: me, Marker: aws.String("%")}))
}

func TestListUsers(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	for _, name := range []string{"d", "B", "a", "C", "e"} {
		path := "/odd/"
		if name > "Z" {
			path = "/even/x/"
		}
		ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(name), Path: aws.String(path)}))
	}
	for _, test := range []struct{ prefix, want string }{{"/", "a Administrator B C d e"}, {"/odd/", "B C"}, {"/even", "a d e"}, {"/none/", ""}} {
		for size := int32(1); size <= 7; size++ {
			var got []string
			pages := iam.NewListUsersPaginator(c, &iam.ListUsersInput{PathPrefix: aws.String(test.prefix), MaxItems: aws.Int32(size)})
			for pages.HasMorePages() {
				page := must[*iam.ListUsersOutput](t)(pages.NextPage(ctx))
				if page.IsTruncated && len(page.Users) != int(size) {
					t.Errorf("a page of %d has %d", size, len(page.Users))
				}
				for _, u := range page.Users {
					got = append(got, *u.UserName)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s in pages of %d: %q, want %q", test.prefix, size, got, test.want)
			}
		}
	}
}

func TestAccessKeysAPI(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	bob := aws.String("Bob")
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})).AccessKey
	if key.Status != types.StatusTypeActive || len(*key.SecretAccessKey) != 40 || *key.UserName != "Bob" {
		t.Error("the new key is not whole")
	}
	as := d.as(*key.AccessKeyId, *key.SecretAccessKey)

	// It signs, and its policies decide at once.
	denied := "AccessDenied: User: arn:aws:iam::123456789012:user/Bob is not authorized to perform: iam:CreateAccessKey on resource: arn:aws:iam::123456789012:user/Bob because no identity-based policy allows the iam:CreateAccessKey action"
	fails(t, denied)(as.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))
	own := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"arn:aws:iam::*:user/${aws:username}"}}`
	ok(t)(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("own"), PolicyDocument: &own}))
	second := must[*iam.CreateAccessKeyOutput](t)(as.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})).AccessKey
	fails(t, "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2")(as.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))
	if _, err := as.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: aws.String(adminUser)}); err == nil {
		t.Error("a user sees another's keys")
	}
	used := must[*iam.GetAccessKeyLastUsedOutput](t)(as.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: second.AccessKeyId}))
	if *used.UserName != "Bob" {
		t.Errorf("%+v", used)
	}
	ok(t)(as.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{AccessKeyId: second.AccessKeyId, Status: types.StatusTypeInactive}))
	if list := must[*iam.ListAccessKeysOutput](t)(as.ListAccessKeys(ctx, &iam.ListAccessKeysInput{})); len(list.AccessKeyMetadata) != 2 {
		t.Errorf("%+v", list)
	}
	fails(t, "NoSuchEntity: The Access Key with id "+*key.AccessKeyId+" cannot be found.")(
		c.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{AccessKeyId: key.AccessKeyId})) // the administrator has no such key
	ok(t)(c.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: bob, AccessKeyId: key.AccessKeyId}))
	if _, err := as.ListAccessKeys(ctx, &iam.ListAccessKeysInput{}); err == nil {
		t.Error("a deleted key signs")
	}
}
