using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>The files of the spec become one document.</summary>
public sealed class SpecBundleTests
{
    private const string NewFile = """
        tags:
          - name: Users

        paths:
          /user.current:
            post:
              operationId: GetCurrentUser

        components:
          schemas:
            # A comment.
            GetCurrentUserRequest:
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
            var (line, label) = (int.Parse(comment.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), comment.Split('"')[1]);
            Assert.Equal(File.ReadAllLines(Repository.PathOf(label))[line - 1], lines[index + 1]);
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

        Assert.Contains("user.current", spec.Operations.Select(operation => operation.Method));
        Assert.True(spec.Schemas.ContainsKey("GetCurrentUserRequest"));
        Assert.Equal(["Batches", "Call lists", "Users"], spec.Document.Tags!.Select(tag => tag.Name));
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
            await File.ReadAllTextAsync(output));
    }

    [Theory]
    [InlineData("  /batch:\n    post:\n      operationId: BatchAgain\n", "(3,3): path '/batch' is already defined at spec/batch.yaml(", "  /batch:")]
    [InlineData("  /other:\n    post:\n      operationId: Batch\n", "(5,7): operationId 'Batch' is already defined at spec/batch.yaml(", "      operationId: Batch")]
    public async Task Duplicate_path_or_operation_is_refused_with_both_places(string path, string says, string first) =>
        await AssertRefusedAsync("# A remark.\npaths:\n" + path, says, "batch.yaml", first);

    [Theory]
    [InlineData("schemas:\n    \"BatchError\":\n      type: object\n", "(3,5): components/schemas/BatchError is already defined at spec/batch.yaml(", "batch.yaml", "    BatchError:")]
    [InlineData("examples:\n    NotInstalled: {}\n", "(3,5): components/examples/NotInstalled is already defined at spec/shared.yaml(", "shared.yaml", "    NotInstalled:")]
    public async Task Duplicate_component_is_refused_with_both_places(string kind, string says, string file, string first) =>
        await AssertRefusedAsync("components:\n  " + kind, says, file, first);

    [Theory]
    [InlineData("tags:\n  - name: Batches\n", "(2,3): tag 'Batches' is already defined at spec/batch.yaml(", "batch.yaml", "  - name: Batches")]
    [InlineData("security: []\n", "(1,1): section 'security' is already defined at spec/shared.yaml(", "shared.yaml", "security:")]
    public async Task Duplicate_section_or_tag_is_refused_with_both_places(string text, string says, string file, string first) =>
        await AssertRefusedAsync(text, says, file, first);

    [Fact]
    public async Task Second_anchor_of_a_name_is_refused_with_both_places()
    {
        var first = File.ReadLines(Path.Combine(ProjectSpec.Path, "shared.yaml")).Single(line => line.Contains("&TimeReference", StringComparison.Ordinal));

        await AssertRefusedAsync(
            "x-mine:\n  - &TimeReference a\n", "(2,3): anchor 'TimeReference' is already defined at spec/shared.yaml(", "shared.yaml", first);
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
        Assert.Matches($@"shared\.yaml\({line + 1},\d+\): This is not valid YAML\.|shared\.yaml\({line + 2},\d+\): This is not valid YAML\.", error);
    }

    [Fact]
    public void Folder_without_files_is_refused()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.Throws<FileNotFoundException>(() => SpecBundle.Read(folder.Path));

        Assert.Equal("The folder does not contain a .yaml file.", exception.Message);
    }

    /// <summary>The tool and the build refuse a file that defines something again, and name the first place.</summary>
    private static async Task AssertRefusedAsync(string text, string says, string file, string first)
    {
        using var folder = new SpecFolder();
        folder.Write("user.yaml", text);
        var line = Array.IndexOf(await File.ReadAllLinesAsync(folder.PathOf(file)), first) + 1;

        var problem = Assert.Single(SpecBundle.Read(folder.Path).Problems).ToString();
        Assert.StartsWith(folder.PathOf("user.yaml") + says + FormattableString.Invariant($"{line},"), problem, StringComparison.Ordinal);

        var (exitCode, output, _) = await Tool.RunSpecAsync("lint", folder.Path);
        Assert.Equal(ExitCode.Findings, exitCode);
        Assert.StartsWith(folder.PathOf("user.yaml") + "(", output, StringComparison.Ordinal);
        Assert.Contains(says[(says.IndexOf(' ', StringComparison.Ordinal) + 1)..], output, StringComparison.Ordinal);

        var target = folder.PathOf("openapi.txt");
        (exitCode, var same, _) = await Tool.RunSpecAsync("bundle", folder.Path, "--output", target);
        Assert.Equal((ExitCode.Findings, output, false), (exitCode, same, File.Exists(target)));
    }
}
