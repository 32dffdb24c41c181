using System.Globalization;
using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>The files of the spec become one document.</summary>
public sealed class SpecBundleTests
{
    private const string NewFile = """
        tags:
          - name: Users

        paths:
          /user.search:
            post:
              operationId: SearchUsers

        components:
          schemas:
            # A comment.
            SearchUsersRequest:
              type: object

        """;

    [Fact]
    public void Every_line_of_every_file_is_in_the_bundle_and_knows_its_place()
    {
        var bundle = SpecBundle.Read(ProjectSpec.Path);
        var lines = bundle.Text.Split('\n');
        var located = Enumerable.Range(1, lines.Length - 1).ToLookup(bundle.Locate, line => lines[line - 1]);

        Assert.Empty(bundle.Problems);
        foreach (var file in Directory.GetFiles(ProjectSpec.Path))
        {
            var missing = File.ReadAllLines(file)
                .Select((text, index) => (Text: text, Line: index + 1))
                .Where(line => line.Text.Length > 0 && !located[(file, line.Line)].Contains(line.Text, StringComparer.Ordinal))
                .Select(line => line.Text)
                .Where(text => text[0] != '#' && text is not ("tags:" or "paths:" or "components:" or "  schemas:" or "  examples:"));
            Assert.Empty(missing);
        }

        Assert.All(["tags:", "paths:", "components:", "  schemas:", "  examples:"], key => Assert.Single(lines, key));
    }

    [Fact]
    public void Comment_in_the_bundle_tells_the_line_that_follows()
    {
        var lines = SpecBundle.Read(ProjectSpec.Path).Text.Split('\n');
        var comments = lines.Index().Where(line => line.Item.StartsWith("#line ", StringComparison.Ordinal)).ToList();

        Assert.True(comments.Count > Directory.GetFiles(ProjectSpec.Path).Length);
        foreach (var (index, comment) in comments)
        {
            var line = int.Parse(comment.Split(' ')[1], CultureInfo.InvariantCulture);
            Assert.Equal(File.ReadAllLines(Repository.PathOf(comment.Split('"')[1]))[line - 1], lines[index + 1]);
        }
    }

    [Theory]
    [InlineData("user.yaml")]
    [InlineData("user.yml")]
    [InlineData("users/user.yaml")]
    public async Task File_in_the_folder_is_part_of_the_spec_without_being_listed(string name)
    {
        using var folder = new SpecFolder();
        _ = Directory.CreateDirectory(folder.PathOf("users"));
        folder.Write(name, NewFile);

        var spec = await SpecDocument.LoadAsync(folder.Path);

        Assert.Contains("user.search", spec.Operations.Select(operation => operation.Method));
        Assert.True(spec.Schemas.ContainsKey("SearchUsersRequest"));
        Assert.Equal(["Batches", "Common", "Call lists", "Users"], spec.Document.Tags!.Select(tag => tag.Name));
    }

    [Fact]
    public async Task Bundle_is_the_same_from_another_folder_with_other_line_ends()
    {
        using var folder = new SpecFolder();
        foreach (var file in Directory.GetFiles(folder.Path).Reverse())
        {
            var text = await File.ReadAllTextAsync(file);
            File.Delete(file);
            await File.WriteAllTextAsync(file, "\uFEFF" + text.ReplaceLineEndings("\r\n"));
        }

        var bundle = SpecBundle.Read(ProjectSpec.Path).Text;

        Assert.Equal(bundle, SpecBundle.Read(folder.Path + "/").Text);
        Assert.DoesNotContain('\r', bundle);
    }

    [Fact]
    public async Task Build_and_tool_write_the_same_bundle()
    {
        using var folder = new TemporaryFolder();
        var output = Path.Combine(folder.Path, "openapi.yaml");

        var (exitCode, _, error) = await Tool.RunSpecAsync("bundle", ProjectSpec.Path, "--output", output);

        Assert.Equal((ExitCode.Done, $"{output} written.\n"), (exitCode, error));
        Assert.Equal(
            await File.ReadAllTextAsync(Repository.PathOf("src/Bitrix24.Generated/obj/nswag/bitrix24.openapi.yaml")),
            await File.ReadAllTextAsync(output)
        );
    }

    [Theory]
    [InlineData("paths:\n  /batch:\n    post: {}\n", "(2,3)", "path '/batch'", "batch.yaml", "  /batch:")]
    [InlineData(
        "components:\n  schemas:\n    'BatchError': {}\n",
        "(3,5)",
        "components/schemas/BatchError",
        "batch.yaml",
        "    BatchError:"
    )]
    [InlineData("components:\n  responses:\n    A: {}\n    Gone: {}\n", "(4,5)", "components/responses/Gone", "shared.yaml", "    Gone:")]
    [InlineData("tags:\n  - name: Batches\n", "(2,3)", "tag 'Batches'", "batch.yaml", "  - name: Batches")]
    [InlineData("# A remark.\nsecurity: []\n", "(2,1)", "section 'security'", "shared.yaml", "security:")]
    public async Task Duplicate_name_in_another_file_is_refused_with_both_places(
        string text,
        string place,
        string what,
        string file,
        string first
    ) => await AssertRefusedAsync(text, place, what, file, first);

    [Fact]
    public async Task Duplicate_operation_id_is_refused_with_both_places() =>
        await AssertRefusedAsync(
            "paths:\n  /other:\n    post:\n      operationId: Batch # again\n",
            "(4,7)",
            "operationId 'Batch'",
            "batch.yaml",
            "      operationId: Batch"
        );

    [Fact]
    public async Task Duplicate_anchor_is_refused_with_both_places()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(ProjectSpec.Path, "shared.yaml"));
        var first = Assert.Single(lines, line => line.Contains("&TimeReference", StringComparison.Ordinal));

        await AssertRefusedAsync("x-mine:\n  - &TimeReference a\n", "(2,3)", "anchor 'TimeReference'", "shared.yaml", first);
    }

    [Theory]
    [InlineData("paths: {}\n", "(1,1): 'paths' has a value on its own line.")]
    [InlineData("components:\n  schemas: {Other: {type: object}}\n", "(2,3): 'schemas' has a value on its own line.")]
    [InlineData("paths:\n    /other:\n      post: {}\n", "(2,5): This line does not begin with a key. Begin it so, indented by 2 spaces.")]
    [InlineData("tags:\n- name: Other\n", "(2,1): This line does not begin with '- name:'. Begin it so, indented by 2 spaces.")]
    [InlineData("---\npaths:\n", "(1,1): This line does not begin with a key.")]
    public void File_that_cannot_be_merged_is_refused_at_its_line(string text, string says)
    {
        using var folder = new SpecFolder();
        folder.Write("user.yaml", text);

        var problem = Assert.Single(SpecBundle.Read(folder.Path).Problems).ToString();

        Assert.StartsWith(folder.PathOf("user.yaml") + says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_YAML_is_refused_at_its_file_and_line()
    {
        using var folder = new SpecFolder();
        var line = Array.IndexOf(await File.ReadAllLinesAsync(folder.PathOf("shared.yaml")), "servers:") + 1;
        _ = folder.Replace("servers:\n", "servers:\n  - [\n");

        var (exitCode, output, error) = await Tool.RunSpecAsync("lint", folder.Path);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Matches($@"shared\.yaml\(({line + 1}|{line + 2}),\d+\): This is not valid YAML\.", error);
    }

    [Fact]
    public void Folder_without_files_is_refused()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.Throws<FileNotFoundException>(() => SpecBundle.Read(folder.Path));

        Assert.Equal("The folder does not contain a .yaml file.", exception.Message);
    }

    /// <summary>The bundle, <c>lint</c> and <c>bundle</c> refuse a file that defines a name again, and tell the first place.</summary>
    private static async Task AssertRefusedAsync(string text, string place, string what, string file, string first)
    {
        using var folder = new SpecFolder();
        folder.Write("user.yaml", text);
        var line = Array.IndexOf(await File.ReadAllLinesAsync(folder.PathOf(file)), first) + 1;
        var column = first.Length - first.TrimStart().Length + 1;
        var says = FormattableString.Invariant($"{what} is already defined at spec/{file}({line},{column}). Remove or rename one of them.");

        var problem = Assert.Single(SpecBundle.Read(folder.Path).Problems);
        Assert.Equal($"{folder.PathOf("user.yaml")}{place}: {says}", problem.ToString());

        var (exitCode, output, _) = await Tool.RunSpecAsync("lint", folder.Path);
        Assert.Equal(ExitCode.Findings, exitCode);
        Assert.Equal($"{folder.PathOf("user.yaml")}{place.Split(',')[0]}): the document: {says} [one-document]\n", output);

        var target = folder.PathOf("openapi.txt");
        (exitCode, var same, _) = await Tool.RunSpecAsync("bundle", folder.Path, "--output", target);
        Assert.Equal((ExitCode.Findings, output, false), (exitCode, same, File.Exists(target)));
    }
}
