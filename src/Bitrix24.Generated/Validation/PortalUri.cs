namespace Bitrix24.Validation;

/// <summary>Parses the URLs that users configure. Exceptions never quote a URL, because it can contain a secret.</summary>
internal static class PortalUri
{
    /// <exception cref="FormatException">The text is not a URL to which secrets can be sent.</exception>
    internal static Uri Parse(string address, string name, string form)
    {
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            throw new FormatException($"{name} is not an absolute https URL. Use the form {form}.");
        }

        if (!IsHttpsOrLoopback(uri))
        {
            throw new FormatException(
                $"{name} does not use https. Plain http exposes the secret and is allowed only for loopback addresses.");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw new FormatException($"{name} has a query, a fragment or a user name. Use the form {form}.");
        }

        return uri;
    }

    /// <summary>Returns whether a secret can be sent to a URL: with TLS, or without leaving the machine.</summary>
    internal static bool IsHttpsOrLoopback(Uri uri) =>
        uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);

    /// <summary>Parses the URL of a portal and returns its origin. The authorization server sends <c>https://{portal}/rest/</c>.</summary>
    /// <exception cref="FormatException">The text is not the URL of a portal.</exception>
    internal static Uri ParsePortal(string address)
    {
        const string Form = "https://{portal}/";
        var uri = Parse(address, "The portal URL", Form);
        return uri.AbsolutePath.Trim('/') is "" or "rest"
            ? Origin(uri)
            : throw new FormatException($"The portal URL has a path. Use the form {Form}.");
    }

    /// <summary>
    /// Returns a key that is equal for all spellings of a host: Unicode or Punycode, any case, a final dot or a default port.
    /// </summary>
    internal static string KeyOf(Uri uri) =>
        FormattableString.Invariant($"{uri.IdnHost.TrimEnd('.').ToLowerInvariant()}:{uri.Port}");

    /// <summary>Returns the scheme, host and port, which contain no secret.</summary>
    internal static Uri Origin(Uri uri) => new(uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + "/");
}
