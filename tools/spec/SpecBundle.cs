// Generation.targets compiles this file as well, by itself and for netstandard2.0: it needs all of its usings and must not
// use any package.
#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
#if !NET
using System.Text.RegularExpressions;
#endif

namespace Bitrix24.Specs;

/// <summary>Represents the files of a spec as one document. Each line stays as it is and remembers its file.</summary>
internal sealed class SpecBundle
{
    private const string Paths = "paths";
    private const string Tags = "tags";
    private const string Components = "components";

    /// <summary>The first sections of the document. The others follow, and <see cref="Components"/> comes last.</summary>
    private static readonly string[] FirstSections = ["openapi", "info", "externalDocs", "servers", "security", Tags, Paths];

    private static readonly string[] Extensions = [".yaml", ".yml"];

    private readonly string folder;
    private readonly List<string> lines = [];
    private readonly List<Place> places = [];
    private readonly List<Problem> problems = [];
    private readonly Dictionary<string, Place> definitions = new(StringComparer.Ordinal);

    private SpecBundle(string folder) => this.folder = folder;

    /// <summary>Gets what prevents the files from being one document.</summary>
    public IReadOnlyList<Problem> Problems => problems;

    public string Text => string.Join("\n", lines) + "\n";

    /// <summary>Reads a folder of spec files, or one file that is a document already.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SpecBundle Read(string path)
    {
        var bundle = new SpecBundle(path.TrimEnd('/', '\\'));
        if (Directory.Exists(path))
        {
            bundle.Merge();
            return bundle;
        }

        var file = new SourceFile(path, path, ReadLines(path));
        bundle.lines.AddRange(file.Lines);
        bundle.places.AddRange(file.Lines.Select((_, index) => new Place(file, index)));
        return bundle;
    }

    /// <summary>Returns the file and the line that a line of <see cref="Text"/> comes from. Lines count from 1.</summary>
    public (string File, int Line) Locate(int line)
    {
        if (places.Count == 0)
        {
            return (folder, 1);
        }

        var place = places[Math.Min(Math.Max(line, 1), places.Count) - 1];
        return (place.File.Path, place.Index + 1);
    }

    private static string[] ReadLines(string path)
    {
        var text = File.ReadAllText(path);
        var all = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        return all[all.Length - 1].Length == 0 ? all.Take(all.Length - 1).ToArray() : all;
    }

    private void Merge()
    {
        var name = Path.GetFileName(Path.GetFullPath(folder));
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => (Path: path, Label: name + path.Substring(folder.Length).Replace('\\', '/')))
            .OrderBy(file => file.Label, StringComparer.Ordinal)
            .Select(file => new SourceFile(file.Path, file.Label, ReadLines(file.Path)))
            .ToList();
        if (files.Count == 0)
        {
            throw new FileNotFoundException("The folder does not contain a .yaml file.");
        }

        foreach (var line in new[]
        {
            $"# This document is the bundle of the files in {name}/. Change those files instead.",
            $"# The line after the comment '#line 14 \"{files[0].Label}\"' is line 14 of that file.",
        })
        {
            Add(line, new Place(files[0], 0));
        }

        var sections = files.SelectMany(file => Split(file, 0, file.Lines.Length, 0)).ToList();
        foreach (var same in sections.GroupBy(section => section.Key, StringComparer.Ordinal).OrderBy(same => Position(same.Key)))
        {
            AddSection(same.Key, [.. same]);
        }

        foreach (var file in files)
        {
            CheckAnchors(file);
        }
    }

    private static int Position(string section)
    {
        var position = Array.IndexOf(FirstSections, section);
        return position >= 0 ? position : section == Components ? int.MaxValue : FirstSections.Length;
    }

    private void AddSection(string key, List<Section> parts)
    {
        if (key is not (Tags or Paths or Components))
        {
            foreach (var part in parts)
            {
                Define($"section '{key}'", new Place(part.File, part.At));
                AddLines(part.File, part.Lead, part.End);
            }

            return;
        }

        AddKey(parts);
        if (key != Components)
        {
            foreach (var part in parts)
            {
                AddEntries(part, key, 2, name => key == Tags ? $"tag '{name}'" : $"path '{name}'");
            }

            return;
        }

        var kinds = parts.SelectMany(part => Split(part.File, part.At + 1, part.End, 2));
        foreach (var same in kinds.GroupBy(kind => kind.Key, StringComparer.Ordinal))
        {
            AddKey([.. same]);
            foreach (var part in same)
            {
                AddEntries(part, Components, 4, name => $"{Components}/{same.Key}/{name}");
            }
        }
    }

    /// <summary>Adds the line that several parts have in common.</summary>
    private void AddKey(List<Section> parts)
    {
        foreach (var part in parts)
        {
            var line = part.File.Lines[part.At];
            var value = line.Substring(line.IndexOf(':') + 1).Trim();
            if (value.Length > 0 && value[0] != '#')
            {
                Report(new Place(part.File, part.At), $"'{part.Key}' has a value on its own line.", "Write it on the lines below.");
            }
        }

        Add(string.Empty, new Place(parts[0].File, parts[0].At));
        Add(parts[0].File.Lines[parts[0].At], new Place(parts[0].File, parts[0].At));
    }

    private void AddEntries(Section part, string section, int indentation, Func<string, string> describe)
    {
        foreach (var entry in Split(part.File, part.At + 1, part.End, indentation, list: section == Tags))
        {
            Define(describe(entry.Key), new Place(part.File, entry.At));
        }

        for (var index = part.At + 1; section == Paths && index < part.End; index++)
        {
            if (KeyOf(part.File.Lines[index].TrimStart()) == "operationId")
            {
                Define($"operationId '{ValueOf(part.File.Lines[index])}'", new Place(part.File, index));
            }
        }

        AddLines(part.File, part.At + 1, part.End);
    }

    /// <summary>Finds the keys of one indentation. Comments and blank lines above a key belong to it.</summary>
    private List<Section> Split(SourceFile file, int from, int to, int indentation, bool list = false)
    {
        var found = new List<Section>();
        var lead = from;
        for (var index = from; index < to; index++)
        {
            var content = file.Lines[index].TrimStart(' ');
            if (content.Trim().Length == 0 || content[0] == '#')
            {
                continue;
            }

            var at = file.Lines[index].Length - content.Length;
            var key = list ? ItemOf(content) : KeyOf(content);
            if (at == indentation && key is not null)
            {
                found.Add(new Section(file, key, lead, index));
            }
            else if (found.Count == 0 || at < indentation || (at == indentation && content[0] != '-'))
            {
                Report(
                    new Place(file, index),
                    list ? "This line does not begin with '- name:'." : "This line does not begin with a key.",
                    $"Begin it so, indented by {indentation} spaces.");
                return found;
            }

            lead = index + 1;
            if (found.Count > 0)
            {
                found[found.Count - 1].End = lead;
            }
        }

        return found;
    }

    private void Define(string what, Place place)
    {
        if (definitions.TryGetValue(what, out var first))
        {
            Report(place, $"{what} is already defined at {first}.", "Remove or rename one of them.");
        }
        else
        {
            definitions.Add(what, place);
        }
    }

    /// <summary>An anchor counts for the whole document, so a second one of the same name would redirect aliases.</summary>
    private void CheckAnchors(SourceFile file)
    {
        for (var index = 0; index < file.Lines.Length; index++)
        {
            var content = file.Lines[index].TrimStart(' ');
            var value = content.StartsWith("- ", StringComparison.Ordinal) ? content.Substring(2).TrimStart() : content;
            value = KeyOf(value) is null ? value : ValueOf(value);
            if (value.Length > 1 && value[0] == '&' && char.IsLetter(value[1]))
            {
                Define($"anchor '{value.Substring(1).Split(' ')[0]}'", new Place(file, index));
            }
        }
    }

    private void AddLines(SourceFile file, int from, int to)
    {
        while (from < to && file.Lines[from].Trim().Length == 0)
        {
            from++;
        }

        if (from == to)
        {
            return;
        }

        var first = new Place(file, from);
        Add(string.Empty, first);
        Add($"#line {from + 1} \"{file.Label}\"", first);
        for (var index = from; index < to; index++)
        {
            Add(file.Lines[index], new Place(file, index));
        }
    }

    private void Add(string line, Place place)
    {
        lines.Add(line);
        places.Add(place);
    }

    private void Report(Place place, string text, string remedy) =>
        problems.Add(new Problem(place.File.Path, place.Index + 1, place.Column, text, remedy));

    /// <summary>Returns the key that a line begins with; <see langword="null"/> if there is none.</summary>
    private static string? KeyOf(string content)
    {
        if (content.Length == 0 || content[0] == '#' || content.StartsWith("- ", StringComparison.Ordinal))
        {
            return null;
        }

        var end = content.IndexOf(": ", StringComparison.Ordinal);
        end = end < 0 && content.TrimEnd() is { Length: > 0 } all && all[all.Length - 1] == ':' ? all.Length - 1 : end;
        return end > 0 ? Unquoted(content.Substring(0, end)) : null;
    }

    private static string? ItemOf(string content) =>
        content.StartsWith("- name: ", StringComparison.Ordinal) ? ValueOf(content) : null;

    private static string ValueOf(string line)
    {
        var value = line.Substring(line.IndexOf(':') + 1);
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return Unquoted(comment < 0 ? value : value.Substring(0, comment));
    }

    private static string Unquoted(string text) => text.Trim().Trim('\'', '"');

    /// <summary>What is wrong with a spec file, and where.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1.</param>
    /// <param name="text">What is wrong.</param>
    /// <param name="remedy">What to do.</param>
    internal sealed class Problem(string file, int line, int column, string text, string remedy)
    {
        public string File { get; } = file;

        public int Line { get; } = line;

        public int Column { get; } = column;

        public string Text { get; } = text;

        public string Remedy { get; } = remedy;

        public override string ToString() => FormattableString.Invariant($"{File}({Line},{Column}): {Text} {Remedy}");
    }

    /// <summary>A file of the spec.</summary>
    private sealed class SourceFile(string path, string label, string[] lines)
    {
        public string Path { get; } = path;

        /// <summary>Gets the name of the folder and of the file in it, the same on every machine.</summary>
        public string Label { get; } = label;

        public string[] Lines { get; } = lines;
    }

    /// <summary>A line of a file, from 0.</summary>
    private sealed class Place(SourceFile file, int index)
    {
        public SourceFile File { get; } = file;

        public int Index { get; } = index;

        public int Column => File.Lines[Index].Length - File.Lines[Index].TrimStart().Length + 1;

        public override string ToString() => FormattableString.Invariant($"{File.Label}({Index + 1},{Column})");
    }

    /// <summary>A key of a file, with the lines that belong to it.</summary>
    private sealed class Section(SourceFile file, string key, int lead, int at)
    {
        public SourceFile File { get; } = file;

        public string Key { get; } = key;

        /// <summary>Gets the first line of the comments above the key.</summary>
        public int Lead { get; } = lead;

        /// <summary>Gets the line of the key.</summary>
        public int At { get; } = at;

        /// <summary>Gets or sets the line after the last one.</summary>
        public int End { get; set; }
    }
}

#if !NET
/// <summary>Writes the bundle of a folder of spec files, or says what is wrong with them.</summary>
public sealed class BundleSpec : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Folder { get; set; } = string.Empty;

    [Microsoft.Build.Framework.Required]
    public string Bundle { get; set; } = string.Empty;

    public override bool Execute()
    {
        try
        {
            var bundle = SpecBundle.Read(Folder);
            foreach (var problem in bundle.Problems)
            {
                Log.LogError(null, "NSWAG004", null, problem.File, problem.Line, problem.Column, 0, 0, problem.Text + " " + problem.Remedy);
            }

            if (bundle.Problems.Count == 0)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(Bundle)!);
                File.WriteAllText(Bundle, bundle.Text);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogError(null, "NSWAG004", null, Folder, 1, 1, 0, 0, exception.Message);
        }

        return !Log.HasLoggedErrors;
    }
}

/// <summary>
/// Turns the thirty lines that NSwag prints after a failure into one error. It names the file and the position, so that an
/// editor can open them.
/// </summary>
public sealed class ReportNSwagFailure : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string[] Output { get; set; } = [];

    /// <summary>The document that NSwag read.</summary>
    [Microsoft.Build.Framework.Required]
    public string Spec { get; set; } = string.Empty;

    /// <summary>The folder or the file that the document was made from.</summary>
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; } = string.Empty;

    [Microsoft.Build.Framework.Required]
    public string Settings { get; set; } = string.Empty;

    [Microsoft.Build.Framework.Required]
    public string Templates { get; set; } = string.Empty;

    public override bool Execute()
    {
        var output = Regex.Replace(string.Join("\n", Output), @"^[\s\S]*?Executing file .*\n", string.Empty);
        var text = Regex.Match(output, @"^\S.*").Value;
        string? file = null;
        var line = 1;
        var column = 1;

        Match match;
        if ((match = Regex.Match(output, @"^\(Line: (\d+), Col: (\d+).*?\): (.*)")).Success)
        {
            line = int.Parse(match.Groups[1].Value);
            column = int.Parse(match.Groups[2].Value);
            text = match.Groups[3].Value == "Exception during deserialization" ? "This is not valid YAML." : match.Groups[3].Value;
        }
        else if ((match = Regex.Match(output, @"Could not resolve the path '([^']+)'")).Success)
        {
            var reference = match.Groups[1].Value;
            text = "Nothing is defined at " + reference + ".";
            var lines = File.ReadAllLines(Spec);
            var index = Array.FindIndex(lines, candidate => Regex.IsMatch(candidate, Regex.Escape(reference) + @"['""\s]*$"));
            if (index >= 0)
            {
                line = index + 1;
                column = lines[index].IndexOf(reference, StringComparison.Ordinal) + 1;
            }
        }
        else if ((match = Regex.Match(output, @"Error while rendering Liquid template CSharp/([\w.]+): *\n(.*)")).Success)
        {
            file = Path.Combine(Templates, match.Groups[1].Value + ".liquid");
            text = match.Groups[2].Value;
            var position = Regex.Match(text, @" at \((\d+):(\d+)\)");
            if (position.Success)
            {
                // NSwag puts a line of its own before a template.
                line = int.Parse(position.Groups[1].Value) - 1;
                column = int.Parse(position.Groups[2].Value);
                text = text.Remove(position.Index, position.Length);
            }
        }
        else if (output.Contains("NSwagDocumentBase.LoadAsync") && (match = Regex.Match(output, @"line (\d+), position (\d+)")).Success)
        {
            file = Settings;
            line = int.Parse(match.Groups[1].Value);
            column = int.Parse(match.Groups[2].Value);
        }

        if (file is null)
        {
            (file, line) = File.Exists(Spec) ? SpecBundle.Read(Source).Locate(line) : (Spec, line);
        }

        Log.LogError(
            null, "NSWAG001", null, Path.GetFullPath(file), line, column, 0, 0, Regex.Replace(text, @"^[\w.]+Exception: ", string.Empty));
        return false;
    }
}
#endif
