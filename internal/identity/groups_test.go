package identity

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func TestGroups(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	g := aws.String("Readers")
	bob := aws.String("Bob")
	made := must[*iam.CreateGroupOutput](t)(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: g, Path: aws.String("/x/")})).Group
	if *made.Arn != "arn:aws:iam::123456789012:group/x/Readers" || (*made.GroupId)[:4] != "AGPA" {
		t.Errorf("%+v", made)
	}
	fails(t, "EntityAlreadyExists: Group with name readers already exists.")(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("readers")}))
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})).AccessKey
	as := d.as(*key.AccessKeyId, *key.SecretAccessKey)
	ok(t)(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: g, PolicyArn: aws.String(managedByAWS + "IAMReadOnlyAccess")}))
	ok(t)(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: g, UserName: bob}))
	ok(t)(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: g, UserName: bob}))
	if got := must[*iam.GetGroupOutput](t)(as.GetGroup(ctx, &iam.GetGroupInput{GroupName: g})); len(got.Users) != 1 || *got.Users[0].UserName != "Bob" {
		t.Errorf("%+v", got)
	}
	ok(t)(c.UpdateGroup(ctx, &iam.UpdateGroupInput{GroupName: g, NewGroupName: aws.String("Lookers"), NewPath: aws.String("/y/")}))
	g = aws.String("Lookers")
	if got := must[*iam.ListGroupsForUserOutput](t)(as.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: bob})).Groups; len(got) != 1 || *got[0].Arn != "arn:aws:iam::123456789012:group/y/Lookers" {
		t.Errorf("%+v", got)
	}
	fails(t, "DeleteConflict: Cannot delete entity, must remove users from group first.")(c.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: g}))
	ok(t)(c.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: g, UserName: bob}))
	if _, err := as.GetGroup(ctx, &iam.GetGroupInput{GroupName: g}); err == nil {
		t.Error("the group's policy is still in force")
	}
	fails(t, "DeleteConflict: Cannot delete entity, must detach all policies first.")(c.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: g}))
	ok(t)(c.DetachGroupPolicy(ctx, &iam.DetachGroupPolicyInput{GroupName: g, PolicyArn: aws.String(managedByAWS + "IAMReadOnlyAccess")}))
	ok(t)(c.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: g}))
	fails(t, "NoSuchEntity: The group with name Lookers cannot be found.")(c.GetGroup(ctx, &iam.GetGroupInput{GroupName: g}))

	for i := range maxGroupsOfUser + 1 {
		name := aws.String(fmt.Sprint("g", i))
		ok(t)(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: name}))
		_, err := c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: name, UserName: bob})
		if i == maxGroupsOfUser {
			fails(t, "LimitExceeded: Cannot exceed quota for GroupsPerUser: 10")(nil, err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for i := 12; i < maxGroups; i++ { // Administrators is one of them
		ok(t)(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String(fmt.Sprint("g", i))}))
	}
	fails(t, "LimitExceeded: Cannot exceed quota for GroupsPerAccount: 300")(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("more")}))
	if got := must[*iam.ListGroupsOutput](t)(c.ListGroups(ctx, &iam.ListGroupsInput{MaxItems: aws.Int32(1000)})); len(got.Groups) != maxGroups || got.IsTruncated {
		t.Error(len(got.Groups))
	}
}
