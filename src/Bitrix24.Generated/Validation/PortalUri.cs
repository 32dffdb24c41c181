namespace Bitrix24.Validation;

/// <summary>Reads the addresses that users give. What it throws never quotes them: an address may carry a secret.</summary>
internal static class PortalUri
{
    /// <exception cref="FormatException">The text is no address that secrets may be sent to.</exception>
    internal static Uri Parse(string address, string what, string form)
    {
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            throw new FormatException($"{what} is not an absolute https address. It has the form {form}.");
        }

        if (!IsHttpsOrLoopback(uri))
        {
            throw new FormatException($"{what} must use https: over plain http the secret could be read on the way. Only a loopback address may use http.");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw new FormatException($"{what} must not have a query, a fragment or a user name. It has the form {form}.");
        }

        return uri;
    }

    /// <summary>Whether a secret may go there: in TLS, or without leaving the machine.</summary>
    internal static bool IsHttpsOrLoopback(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);

    /// <summary>The origin of a portal. The authorization server names portals as <c>https://{portal}/rest/</c>.</summary>
    /// <exception cref="FormatException">The text is no address of a portal.</exception>
    internal static Uri ParsePortal(string address)
    {
        const string Form = "https://{portal}/";
        var uri = Parse(address, "The portal URL", Form);
        return uri.AbsolutePath.Trim('/') is "" or "rest" ? Origin(uri) : throw new FormatException($"The portal URL must not have a path. It has the form {Form}.");
    }

    /// <summary>What all spellings of a portal's address have in common: Unicode or Punycode, in any case, with a final dot or a default port.</summary>
    internal static string KeyOf(Uri uri) => FormattableString.Invariant($"{uri.IdnHost.TrimEnd('.').ToLowerInvariant()}:{uri.Port}");

    /// <summary>Scheme, host and port: what may be shown.</summary>
    internal static Uri Origin(Uri uri) => new(uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + "/");
}
