using System.Reflection;

namespace Bitrix24.Tests;

/// <summary>Finds the files of the repository.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot")
            .Value!;

    public static string PathOf(string relative) => Path.Combine(Root, relative);
}
