namespace Bitrix24.Specs;

/// <summary>Finds the lines of a YAML text, by its indentation: readers of OpenAPI do not say where something stands.</summary>
internal sealed class SpecLines(string text)
{
    private readonly string[] lines = text.Split('\n');

    /// <summary>The line of the last key that is found on the way, from 1; <see langword="null"/> when not even the first one is.</summary>
    public int? Of(IEnumerable<string> path)
    {
        int? line = null;
        var (from, parent) = (0, -1);
        foreach (var key in path)
        {
            if (Find(key, from, parent) is not { } found)
            {
                break;
            }

            line = found + 1;
            (from, parent) = (found + 1, Indentation(lines[found]));
        }

        return line;
    }

    private int? Find(string key, int from, int parent)
    {
        int? children = null;
        for (var index = from; index < lines.Length; index++)
        {
            var content = lines[index].TrimStart();
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            var indentation = Indentation(lines[index]);
            if (indentation <= parent)
            {
                return null;
            }

            children ??= indentation;
            if (indentation == children && content.TrimStart('\'', '"').StartsWith(key, StringComparison.Ordinal) && content.TrimStart('\'', '"')[key.Length..].TrimStart('\'', '"').StartsWith(':'))
            {
                return index;
            }
        }

        return null;
    }

    private static int Indentation(string line) => line.Length - line.TrimStart().Length;
}
