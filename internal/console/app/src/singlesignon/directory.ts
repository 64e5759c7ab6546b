// What the directory's own API is asked (aws/ssodirectory.ts).
import { ssoDirectory } from "../aws/ssodirectory";

export interface MfaDevice {
  DeviceId: string;
  DeviceName: string;
  RegisteredDate: string;
}

export interface BearerToken {
  TokenId: string;
  CreationTime: string;
  ExpirationTime: string;
}

const ask =
  <Input extends object, Output>(operation: string) =>
  (IdentityStoreId: string, input: Input) =>
    ssoDirectory<Output>(operation, { IdentityStoreId, ...input });

/** OTP: a password that is told once; EMAIL: a link is sent with which the user sets one. */
export const updatePassword = ask<{ UserId: string; PasswordMode: "OTP" | "EMAIL" }, { Password?: string }>("UpdatePassword");
export const enableUser = ask<{ UserId: string }, object>("EnableUser");
export const disableUser = ask<{ UserId: string }, object>("DisableUser");
export const listMfaDevices = ask<{ UserId: string }, { MfaDevices: MfaDevice[] }>("ListMfaDevicesForUser");
export const deleteMfaDevice = ask<{ UserId: string; DeviceId: string }, object>("DeleteMfaDeviceForUser");

// Automatic provisioning: SCIM.
export interface Tenant {
  TenantId: string;
  ScimEndpoint: string;
  CreationTime: string;
}

export const listTenants = ask<object, { ProvisioningTenants: Tenant[] }>("ListProvisioningTenants");
export const createTenant = ask<object, Tenant>("CreateProvisioningTenant");
export const deleteTenant = ask<{ TenantId: string }, object>("DeleteProvisioningTenant");
export const listTokens = ask<{ TenantId: string }, { BearerTokens: BearerToken[] }>("ListBearerTokens");
/** The token is told this once. */
export const createToken = ask<{ TenantId: string }, { BearerToken: BearerToken & { Token: string } }>("CreateBearerToken");
export const deleteToken = ask<{ TenantId: string; TokenId: string }, object>("DeleteBearerToken");
