using System.CodeDom.Compiler;
using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Bitrix24.Tests;

/// <summary>
/// Tests the dependencies between the folders of the source. Generated types belong to no folder. The client, whose partial classes are in
/// the folders of their features, may use all of them.
/// </summary>
public sealed partial class LayerTests
{
    private const string Client = "Client";

    /// <summary>The folders from bottom to top, each with the lower folders that it uses.</summary>
    private static readonly (string Layer, string[] Uses)[] Layers =
    [
        ("Polyfills", []),
        ("Secrets", []),
        ("Errors", ["Secrets"]),
        ("Serialization", ["Errors"]),
        ("Validation", ["Serialization"]),
        ("Operations", ["Serialization"]),
        ("Diagnostics", ["Errors", "Operations"]),
        ("Http", ["Secrets", "Errors", "Serialization", "Validation", "Operations", "Diagnostics"]),
        ("RateLimiting", ["Validation", "Operations"]),
        ("Authentication", ["Secrets", "Errors", "Serialization", "Validation", "Diagnostics", "Http"]),
        ("Configuration", ["Http", "RateLimiting", "Authentication"]),
        ("Pipeline", ["Errors", "Validation", "Operations", "Diagnostics", "Http", "RateLimiting", "Authentication"]),
        ("Calls", ["Secrets", "Serialization", "Validation", "Operations"]),
        ("Batches", ["Errors", "Serialization", "Validation", "Operations", "Diagnostics", "Pipeline", "Calls"]),
        ("Enumeration", ["Errors", "Serialization", "Validation", "Operations", "Pipeline", "Calls"]),
        ("CallLists", ["Errors", "Serialization", "Validation", "Operations", "Pipeline", "Batches", "Enumeration"]),
        (
            Client,
            [
                "Errors",
                "Serialization",
                "Validation",
                "Operations",
                "Diagnostics",
                "Http",
                "RateLimiting",
                "Authentication",
                "Configuration",
                "Pipeline",
                "Calls",
                "Batches",
                "Enumeration",
                "CallLists",
            ]
        ),
        ("DependencyInjection", ["Validation", "Http", "RateLimiting", "Authentication", "Configuration", "Pipeline", Client]),
    ];

    private static readonly HashSet<string> TypesOfTheSpec = typeof(Bitrix24Client)
        .Assembly.GetTypes()
        .Where(type =>
            type.GetCustomAttribute<GeneratedCodeAttribute>() is not null && type != typeof(Bitrix24Client) && type != typeof(BatchCommand)
        )
        .Where(type => type.Namespace == "Bitrix24" && type != typeof(IBitrix24Client))
        .Select(type => type.Name)
        .ToHashSet(StringComparer.Ordinal);

    private static readonly IReadOnlyDictionary<string, string> FileOfType = FindTypes();

    private static readonly List<(string From, string To)> Dependencies = FindDependencies();

    [Fact]
    public void Every_folder_of_the_source_is_a_layer() =>
        Assert.Equal(
            Layers.Select(layer => layer.Layer).Append("Rest3").Order(StringComparer.Ordinal),
            FileOfType.Values.Select(LayerOf).Append("Rest3").Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Layers_use_only_lower_layers()
    {
        for (var index = 0; index < Layers.Length; index++)
        {
            var lower = Layers[..index].Select(layer => layer.Layer).ToHashSet(StringComparer.Ordinal);
            Assert.Subset(lower, Layers[index].Uses.ToHashSet(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void No_type_uses_a_layer_that_is_not_allowed()
    {
        var allowed = Layers.ToDictionary(
            layer => layer.Layer,
            layer => layer.Uses.Append(layer.Layer).Append("Polyfills").ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal
        );

        var wrong = Dependencies
            .Select(dependency =>
                (
                    From: LayerOf(FileOfType[dependency.From]),
                    To: LayerOf(FileOfType[dependency.To]),
                    Types: $"{dependency.From} -> {dependency.To}"
                )
            )
            .Where(dependency => !allowed[dependency.From].Contains(dependency.To))
            .Select(dependency => $"{dependency.From} must not look into {dependency.To}: {dependency.Types}")
            .Distinct()
            .ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void No_circle_has_more_than_three_files()
    {
        var edges = Dependencies
            .Select(dependency => (From: FileOfType[dependency.From], To: FileOfType[dependency.To]))
            .Where(edge => edge.From != edge.To)
            .ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);

        var circles = FileOfType
            .Values.Distinct()
            .Select(file =>
                Reachable(edges, file)
                    .Where(other => Reachable(edges, other).Contains(file))
                    .Append(file)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .ToList()
            );

        Assert.All(circles.Where(circle => circle.Count > 3), circle => Assert.Fail("A circle of files: " + string.Join(", ", circle)));
    }

    [Fact]
    public void Arrows_are_found()
    {
        Assert.Contains(("CallPipeline", "RetryPolicy"), Dependencies);
        Assert.Contains(("Bitrix24Client", "CallPipeline"), Dependencies);
        Assert.True(Dependencies.Count > 200);
    }

    private static HashSet<string> Reachable(ILookup<string, string> edges, string from)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(edges[from]);
        while (next.TryPop(out var file))
        {
            if (seen.Add(file))
            {
                foreach (var further in edges[file])
                {
                    next.Push(further);
                }
            }
        }

        return seen;
    }

    private static List<(string From, string To)> FindDependencies()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(Bitrix24Client).Assembly).Build();
        return architecture
            .Types.SelectMany(type => type.Dependencies.Select(dependency => (From: NameOf(type), To: NameOf(dependency.Target))))
            .Where(dependency =>
                dependency.From != dependency.To && FileOfType.ContainsKey(dependency.From) && FileOfType.ContainsKey(dependency.To)
            )
            .Distinct()
            .ToList();
    }

    /// <summary>Returns the name of a type or of its outermost type, without namespace and type parameters.</summary>
    private static string NameOf(IType type)
    {
        var name = type.FullName.Split('+', '/', '<', '`')[0];
        return name.StartsWith("Bitrix24.", StringComparison.Ordinal) ? name[(name.LastIndexOf('.') + 1)..] : name;
    }

    /// <summary>Returns the file of each type. For several files, the one of the client, if there is one.</summary>
    private static SortedDictionary<string, string> FindTypes()
    {
        var root = Repository.PathOf("src/Bitrix24.Generated");
        var types = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var file in Directory
                .GetFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
        )
        {
            if (
                file.StartsWith("obj/", StringComparison.Ordinal)
                || file.StartsWith("bin/", StringComparison.Ordinal)
                || file.StartsWith("Rest3/", StringComparison.Ordinal)
            )
            {
                continue;
            }

            foreach (Match declaration in Declaration().Matches(File.ReadAllText(Path.Combine(root, file))))
            {
                var name = declaration.Groups["name"].Value;
                if (TypesOfTheSpec.Contains(name))
                {
                    continue;
                }

                if (!types.TryGetValue(name, out var known) || known.Contains('/', StringComparison.Ordinal))
                {
                    types[name] = file;
                }
            }
        }

        return types;
    }

    private static string LayerOf(string file) =>
        file.Contains('/', StringComparison.Ordinal) ? file[..file.IndexOf('/', StringComparison.Ordinal)] : Client;

    [GeneratedRegex(
        @"^(public|internal) (static |sealed |abstract |readonly |ref |partial )*(class|struct|record struct|record|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Declaration();
}
