namespace Bitrix24;

/// <summary>Reads the addresses that users give. What it throws never quotes them: an address may carry a secret.</summary>
internal static class PortalAddress
{
    internal static Uri Parse(string address, string what, string form)
    {
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            throw new FormatException($"{what} is not an absolute https address. It has the form {form}.");
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)
        {
            throw new FormatException($"{what} must use https: over plain http the secret could be read on the way. Only a loopback address may use http.");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw new FormatException($"{what} must not have a query, a fragment or a user name. It has the form {form}.");
        }

        return uri;
    }

    /// <summary>Scheme, host and port: what may be shown.</summary>
    internal static Uri Origin(Uri uri) => new(uri.GetLeftPart(UriPartial.Authority) + "/");
}
