package identity

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// Virtual MFA devices: an app that makes codes from a seed that it shares with us. A device is made, then enabled for a
// user, or by the root user for itself. Other kinds of devices there are none.

// The quotas of MFA devices ("IAM and AWS STS quotas", IAM User Guide), and the longest serial number.
const (
	maxDevices       = maxUsers
	maxDevicesOfUser = 8
	maxSerial        = 256
)

func (v *view) device(serial *string) (*mfaRecord, error) {
	return providerOf(v, mfaKind, *serial, (*mfaRecord).base)
}

// deviceUser is the user that a call on a device is about: the one of a name, or without one the caller. For the root
// user, who has no name, the record has the id of its account, and nothing else.
func (v *view) deviceUser(name *string) (*userRecord, error) {
	if name == nil && v.req.Caller.Type == policy.Root {
		return &userRecord{entity: entity{ID: v.account}}, nil
	}
	return v.userOrCaller(name)
}

// deviceOf is a device of a user.
func (v *view) deviceOf(user, serial *string) (*userRecord, *mfaRecord, error) {
	u, err := v.deviceUser(user)
	if err != nil {
		return nil, nil, err
	}
	d, err := v.device(serial)
	if err == nil && d.Owner != u.ID {
		err = noSuch("MFA Device invalid for user.")
	}
	return u, d, err
}

// devices are the devices of a user.
func (v *view) devices(owner string) (list []*mfaRecord, err error) {
	ids, err := v.lasts("device", v.account, owner)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		d, err := byID[mfaRecord](v, mfaKind, id)
		if err != nil {
			return nil, err
		}
		if d != nil {
			list = append(list, d)
		}
	}
	return list, nil
}

func wrongCode() error {
	return kept{&awsapi.Error{Code: "InvalidAuthenticationCode", Status: http.StatusForbidden, Message: "Authentication code for device is not valid."}}
}

// sync checks the first two codes of a device, and notes them in its record.
func (e *edit) sync(d *mfaRecord, first, second *string) (bool, error) {
	seed, err := e.s.seal.open(d.Seed, mfaSeedName(d.ID))
	return err == nil && d.Sync(string(seed), *first, *second, e.now), err
}

// deleteVirtualMFADevice decodes DeleteVirtualMFADevice.
func (s *Store) deleteVirtualMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteVirtualMFADeviceInput](req, "SerialNumber")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteVirtualMFADevice", provider(mfaKind, in.SerialNumber), func(e *edit) (any, error) {
		d, err := e.device(in.SerialNumber)
		if err != nil {
			return nil, err
		}
		if d.Owner != "" {
			return nil, conflict("MFA VirtualDevice in use. Must deactivate first.")
		}
		return nil, remove(e, mfaKind, d.base())
	})
}

// enableMFADevice decodes EnableMFADevice. The root user enables a device for itself by naming nobody.
func (s *Store) enableMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.EnableMFADeviceInput](req, requireUser(req, "SerialNumber", "AuthenticationCode1", "AuthenticationCode2")...)
	if err != nil {
		return nil, err
	}
	return s.write(req, "EnableMFADevice", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, err := e.deviceUser(in.UserName)
		if err != nil {
			return nil, err
		}
		d, err := e.device(in.SerialNumber)
		if err != nil {
			return nil, err
		}
		if d.Owner != "" {
			return nil, alreadyExists("MFA Device is already in use.")
		}
		n, err := e.count("device", e.account, u.ID)
		if err != nil {
			return nil, err
		}
		if n >= maxDevicesOfUser {
			return nil, overQuota("MFADevicesPerUser", maxDevicesOfUser)
		}
		right, err := e.sync(d, in.AuthenticationCode1, in.AuthenticationCode2)
		if err != nil {
			return nil, err
		}
		if right {
			d.Owner, d.Enabled = u.ID, e.now
			if err := put(e.tx, deviceKey(e.account, u.ID, d.ID), true); err != nil {
				return nil, err
			}
		} else {
			err = wrongCode()
		}
		return nil, orSave(e, d, err)
	})
}

// resyncMFADevice decodes ResyncMFADevice.
func (s *Store) resyncMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ResyncMFADeviceInput](req, requireUser(req, "SerialNumber", "AuthenticationCode1", "AuthenticationCode2")...)
	if err != nil {
		return nil, err
	}
	return s.write(req, "ResyncMFADevice", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		_, d, err := e.deviceOf(in.UserName, in.SerialNumber)
		if err != nil {
			return nil, err
		}
		right, err := e.sync(d, in.AuthenticationCode1, in.AuthenticationCode2)
		if err != nil {
			return nil, err
		}
		if !right {
			err = wrongCode()
		}
		return nil, orSave(e, d, err)
	})
}

// requireUser adds the user's name to the members that a call has to have, unless the root user makes it.
func requireUser(req *awsapi.Request, members ...string) []string {
	if req.Caller.Type != policy.Root {
		members = append(members, "UserName")
	}
	return members
}

// orSave writes a device, and returns the error of that or the given one.
func orSave(e *edit, d *mfaRecord, err error) error {
	if failed := save(e, mfaKind, d); failed != nil {
		return failed
	}
	return err
}

// deactivateMFADevice decodes DeactivateMFADevice.
func (s *Store) deactivateMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeactivateMFADeviceInput](req, "SerialNumber")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeactivateMFADevice", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, d, err := e.deviceOf(in.UserName, in.SerialNumber)
		if err != nil {
			return nil, err
		}
		if err := e.tx.Delete(deviceKey(e.account, u.ID, d.ID)); err != nil {
			return nil, err
		}
		// What is known of its codes stays: whoever enables it again does not get another try, or a used code back.
		d.Owner, d.Enabled = "", time.Time{}
		return nil, save(e, mfaKind, d)
	})
}

// getMFADevice decodes GetMFADevice. AWS takes security keys only; here it tells of virtual devices, which have no
// certifications.
func (s *Store) getMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetMFADeviceInput](req, "SerialNumber")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetMFADevice", namedOrCaller(in.UserName), func(v *view) (any, error) {
		u, d, err := v.deviceOf(in.UserName, in.SerialNumber)
		if err != nil {
			return nil, err
		}
		return &iam.GetMFADeviceOutput{SerialNumber: in.SerialNumber, UserName: nameOf(u), EnableDate: aws.Time(d.Enabled)}, nil
	})
}

// nameOf is the name of a user, nil for the root user.
func nameOf(u *userRecord) *string {
	if u.Name == "" {
		return nil
	}
	return aws.String(u.Name)
}

// listMFADevices decodes ListMFADevices.
func (s *Store) listMFADevices(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListMFADevicesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListMFADevices", namedOrCaller(in.UserName), func(v *view) (any, error) {
		u, err := v.deviceUser(in.UserName)
		if err != nil {
			return nil, err
		}
		devices, err := v.devices(u.ID)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(devices, func(d *mfaRecord) string { return d.Name }, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		out := &iam.ListMFADevicesOutput{MFADevices: []types.MFADevice{}, IsTruncated: p.more, Marker: p.marker()}
		for _, d := range p.items {
			out.MFADevices = append(out.MFADevices, types.MFADevice{
				SerialNumber: aws.String(d.arn(v.account, mfaKind)), UserName: nameOf(u), EnableDate: aws.Time(d.Enabled)})
		}
		return out, nil
	})
}

// listVirtualMFADevices decodes ListVirtualMFADevices.
func (s *Store) listVirtualMFADevices(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListVirtualMFADevicesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListVirtualMFADevices", anything, func(v *view) (any, error) {
		p, after, err := newPage[types.VirtualMFADevice](in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		err = each(v, mfaKind, after, func(d *mfaRecord) (bool, error) {
			status := types.AssignmentStatusTypeUnassigned
			if d.Owner != "" {
				status = types.AssignmentStatusTypeAssigned
			}
			if in.AssignmentStatus != "" && in.AssignmentStatus != types.AssignmentStatusTypeAny && in.AssignmentStatus != status {
				return true, nil
			}
			shown, err := v.showDevice(d)
			return err == nil && p.add(d.Name, shown), err
		})
		return &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: p.items, IsTruncated: p.more, Marker: p.marker()}, err
	})
}

// showDevice is a device as lists have it: without its tags.
func (v *view) showDevice(d *mfaRecord) (shown types.VirtualMFADevice, err error) {
	shown.SerialNumber = aws.String(d.arn(v.account, mfaKind))
	switch d.Owner {
	case "":
		return shown, nil
	case v.account:
		a, err := v.accountOf()
		if err != nil {
			return shown, err
		}
		shown.User = &types.User{Arn: aws.String("arn:aws:iam::" + v.account + ":root"), UserId: aws.String(v.account), CreateDate: aws.Time(whole(a.Created))}
	default:
		u, err := byID[userRecord](v, userKind, d.Owner)
		if err != nil {
			return shown, err
		}
		if u != nil {
			shown.User = showUser(v, u, false)
		}
	}
	shown.EnableDate = aws.Time(d.Enabled)
	return shown, nil
}

// tagMFADevice decodes TagMFADevice.
func (s *Store) tagMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagMFADeviceInput](req, "SerialNumber", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagMFADevice", provider(mfaKind, in.SerialNumber), mfaKind, func(v *view) (*mfaRecord, error) { return v.device(in.SerialNumber) }, in.Tags)
}

// untagMFADevice decodes UntagMFADevice.
func (s *Store) untagMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagMFADeviceInput](req, "SerialNumber", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagMFADevice", provider(mfaKind, in.SerialNumber), mfaKind, func(v *view) (*mfaRecord, error) { return v.device(in.SerialNumber) }, in.TagKeys)
}

// listMFADeviceTags decodes ListMFADeviceTags.
func (s *Store) listMFADeviceTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListMFADeviceTagsInput](req, "SerialNumber")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListMFADeviceTags", provider(mfaKind, in.SerialNumber), func(v *view) (any, error) {
		d, err := v.device(in.SerialNumber)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(d.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListMFADeviceTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
