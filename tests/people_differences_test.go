package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	admintypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/statortest"
	"github.com/statordb/stator/tests/harness"
)

// theInstance is the instance of IAM Identity Center, made by the first who asks.
func theInstance(t *testing.T, conf aws.Config) (arn, store *string) {
	t.Helper()
	admin := ssoadmin.NewFromConfig(conf)
	for range 2 {
		list, err := admin.ListInstances(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Instances) == 1 {
			return list.Instances[0].InstanceArn, list.Instances[0].IdentityStoreId
		}
		if _, err := admin.CreateInstance(t.Context(), &ssoadmin.CreateInstanceInput{}); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("there is no instance")
	return nil, nil
}

// assigned makes a permission set, and assigns it to a user in the account of conf. It returns the request and its answer.
func assigned(t *testing.T, conf aws.Config, name string) (*ssoadmin.CreateAccountAssignmentInput, *admintypes.AccountAssignmentOperationStatus) {
	t.Helper()
	admin := ssoadmin.NewFromConfig(conf)
	instance, store := theInstance(t, conf)
	who, err := sts.NewFromConfig(conf).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	user, err := identitystore.NewFromConfig(conf).CreateUser(t.Context(), &identitystore.CreateUserInput{IdentityStoreId: store, UserName: &name, DisplayName: &name,
		Name: &idtypes.Name{GivenName: &name, FamilyName: &name}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := admin.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: instance, Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	in := &ssoadmin.CreateAccountAssignmentInput{InstanceArn: instance, PermissionSetArn: set.PermissionSet.PermissionSetArn, TargetType: admintypes.TargetTypeAwsAccount,
		TargetId: who.Account, PrincipalType: admintypes.PrincipalTypeUser, PrincipalId: user.UserId}
	out, err := admin.CreateAccountAssignment(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return in, out.AccountAssignmentCreationStatus
}

// centerDifferences are those of IAM Identity Center.
var centerDifferences = []difference{
	{
		title:  "The instance of IAM Identity Center is made by CreateInstance",
		aws:    "The organization's instance is enabled in AWS's console; CreateInstance is for accounts outside of an organization and for instances of member accounts. Member accounts may read what is in the organization's instance as delegated administrators.",
		stator: "CreateInstance in the management account makes the organization's instance, in the region in which it is asked. There are no others, and only the management account may read and change what is in it.",
		why:    "A server is one organization, and everything can be done by a signed request.",
		identity: func(t *testing.T, conf aws.Config) {
			arn, _ := theInstance(t, conf)
			shown, err := ssoadmin.NewFromConfig(conf).DescribeInstance(t.Context(), &ssoadmin.DescribeInstanceInput{InstanceArn: arn})
			if err != nil || shown.Status != admintypes.InstanceStatusActive {
				t.Error(shown, err)
			}
		},
	},
	{
		title:  "Assignments are there when they are answered, and sessions end with them",
		aws:    "Assignments and permission sets take seconds to minutes to reach an account. Sessions that have begun last until they expire, also when the assignment, the membership or the user is gone.",
		stator: "The answers say IN_PROGRESS, and all is done by then. Credentials, sessions of the console and sessions of roles that were assumed with them end within two seconds when the person may not have the role any more, is disabled, or has got another password; the last two for good.",
		why:    "There is nothing to wait for, and who leaves leaves at once. Programs that wait work too.",
		identity: func(t *testing.T, conf aws.Config) {
			in, begun := assigned(t, conf, "quick")
			if begun.Status != admintypes.StatusValuesInProgress {
				t.Error(begun.Status)
			}
			done, err := ssoadmin.NewFromConfig(conf).DescribeAccountAssignmentCreationStatus(t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
				InstanceArn: in.InstanceArn, AccountAssignmentCreationRequestId: begun.RequestId})
			if err != nil || done.AccountAssignmentCreationStatus.Status != admintypes.StatusValuesSucceeded {
				t.Error(done, err)
			}
		},
	},
	{
		title:  "Who has no MFA device may sign in until an administrator says otherwise",
		aws:    "A new instance has people who sign in with a password register an MFA device. An administrator may let them in, keep them out, or have a code mailed instead; and may trust browsers that have shown a device.",
		stator: "They are let in. An administrator may have them register a device, or keep them out; no codes are mailed, and who has a device shows it at every sign-in.",
		why:    "Nobody is to be locked out by an upgrade, and a mailbox is no second factor. The setting is a click.",
		identity: func(t *testing.T, conf aws.Config) {
			arn, _ := theInstance(t, conf)
			status, out := harness.Ask(t, conf, "sso", "SWBExternalService.GetMfaDeviceManagementForDirectory", map[string]string{"InstanceArn": *arn})
			if status != http.StatusOK || out["NoMfaSignInBehavior"] != "ALLOWED" {
				t.Error(status, out)
			}
		},
	},
	{
		title:  "Nobody can assume the roles of permission sets through STS",
		aws:    "Roles of permission sets trust a SAML provider in the account, through which IAM Identity Center itself begins their sessions.",
		stator: "They trust the service sso.amazonaws.com, and there is no such SAML provider.",
		why:    "Sessions are begun where it is known who may have them, and nothing in an account can take that over.",
		identity: func(t *testing.T, conf aws.Config) {
			assigned(t, conf, "trusted")
			roles, err := iam.NewFromConfig(conf).ListRoles(t.Context(), &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/")})
			if err != nil || len(roles.Roles) == 0 {
				t.Fatal(roles, err)
			}
			for _, r := range roles.Roles {
				if !strings.Contains(*r.AssumeRolePolicyDocument, "sso.amazonaws.com") {
					t.Error(*r.AssumeRolePolicyDocument)
				}
				_, err := sts.NewFromConfig(conf).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: r.Arn, RoleSessionName: aws.String("try")})
				if err == nil {
					t.Errorf("%s can be assumed", *r.Arn)
				}
			}
		},
	},
	{
		title:  "The identity store is there before the instance",
		aws:    "An identity store is made with the instance of IAM Identity Center, and deleted with it.",
		stator: "There is one from the first start on, of the management account. As long as there is no instance it is in all regions, then in that of the instance. It stays when the instance is deleted.",
		why:    "People can be provisioned before it is decided what they may be, and one wrong call does not delete them.",
		identity: func(t *testing.T, _ aws.Config) {
			stores, err := identitystore.NewFromConfig(statortest.Start(t).Config).ListIdentityStores(t.Context(), nil)
			if err != nil || len(stores.IdentityStores) != 1 {
				t.Error(stores, err)
			}
		},
	},
	{
		title:  "MFA is with authenticator apps, for those who have registered one",
		aws:    "There are security keys and built-in authenticators too, and settings that say when MFA is asked for, and of whom it is required.",
		stator: "Whoever has registered an authenticator app is asked for a code at each sign-in. Nobody has to have one, and there are no other devices.",
		why:    "A code works in every browser and on every command line, without TLS on a name of its own. An outside identity provider can require more.",
		identity: func(t *testing.T, _ aws.Config) {
			var people directory.Store
			for _, op := range people.DirectoryOperations() {
				if works := op.Decode != nil; strings.Contains(op.Name, "WebAuthn") && works || op.Name == "ListMfaDevicesForUser" && !works {
					t.Errorf("%s: %v", op.Name, works)
				}
			}
		},
	},
	{
		title:  "People may come from OpenID Connect and LDAP",
		aws:    "The identity source of IAM Identity Center is its own directory, a SAML 2.0 provider, or Active Directory by AWS Directory Service.",
		stator: "It is also an OpenID Connect provider, or an LDAP directory, Active Directory among them, without a service in between.",
		why:    "There is no Directory Service here, and a provider that speaks OpenID Connect need not speak SAML.",
		identity: func(t *testing.T, conf aws.Config) {
			_, store := theInstance(t, conf)
			status, answer := harness.Ask(t, conf, "sso-directory", "SWBUPService.CreateExternalIdPConfigurationForDirectory", map[string]any{
				"IdentityStoreId": *store, "Name": "Example's directory", "Type": "LDAP", "Ldap": map[string]any{
					"Urls": []string{"ldaps://ldap.example.com"}, "Kind": "LDAP", "UserBase": "dc=example,dc=com", "BindDn": "cn=reader,dc=example,dc=com", "BindPassword": "secret"}})
			if status != http.StatusOK {
				t.Error(status, answer)
			}
		},
	},
}
