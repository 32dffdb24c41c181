using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>A copy of the spec and of the settings above it, to be changed.</summary>
internal sealed class SpecFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SpecFolder()
    {
        File.Copy(Repository.PathOf("nswag.json"), System.IO.Path.Combine(folder.Path, "nswag.json"));
        RepositoryCopy.Copy(ProjectSpec.Path, Path);
    }

    public string Path => System.IO.Path.Combine(folder.Path, "spec");

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    /// <summary>Replaces a text at its first place, in the first file that contains it. Returns the name of the file.</summary>
    public string Replace(string text, string by)
    {
        foreach (var path in Directory.GetFiles(Path).Order(StringComparer.Ordinal))
        {
            var content = File.ReadAllText(path);
            if (content.IndexOf(text, StringComparison.Ordinal) is var at and >= 0)
            {
                File.WriteAllText(path, content.Remove(at, text.Length).Insert(at, by));
                return System.IO.Path.GetFileName(path);
            }
        }

        throw new InvalidOperationException($"No file of the spec contains: {text}");
    }

    /// <summary>Returns the findings of a rule. Paths are relative to the folder.</summary>
    public async Task<List<string>> FindingsAsync(string rule)
    {
        var findings = await SpecLint.CheckAsync(SpecBundle.Read(Path), Path);
        var sentences = findings.Where(finding => finding.Rule == rule).Select(finding => finding.Sentence());
        var prefix = Path + System.IO.Path.DirectorySeparatorChar;
        return [.. sentences.Select(sentence => sentence.Replace(prefix, string.Empty, StringComparison.Ordinal))];
    }

    public void Dispose() => folder.Dispose();
}
