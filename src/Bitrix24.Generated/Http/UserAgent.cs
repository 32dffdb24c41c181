using System.Reflection;

namespace Bitrix24.Http;

/// <summary>The <c>User-Agent</c> header: the application's name, where given, and this package's.</summary>
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

    /// <summary>The version without the commit that the build appends to it.</summary>
    private static string PackageVersion() =>
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
