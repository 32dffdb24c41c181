using System.Reflection;

namespace Bitrix24.Http;

/// <summary>Creates the <c>User-Agent</c> header: the name of the application, if set, and of this package.</summary>
internal static class UserAgent
{
    private static readonly string Package = "Bitrix24.Generated/" + PackageVersion();

    internal static string For(string? applicationName) => applicationName is null ? Package : applicationName + " " + Package;

    internal static bool IsProduct(string text)
    {
        var parts = text.Split('/');
        return parts.Length <= 2 && parts.All(part => part.Length > 0 && part.All(IsAllowed));
    }

    private static bool IsAllowed(char character) =>
        character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '-' or '_';

    /// <summary>Returns the version without the commit that the build appends.</summary>
    private static string PackageVersion() =>
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
