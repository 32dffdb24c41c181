namespace Bitrix24.Specs;

/// <summary>Finds the lines of keys in a YAML text by indentation, because OpenAPI readers do not report positions.</summary>
internal sealed class SpecLines(string text)
{
    private readonly string[] lines = text.Split('\n');

    /// <summary>Returns the line of the last key that is found on a path, from 1, or <see langword="null"/> if none is found.</summary>
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
            var unquoted = content.TrimStart('\'', '"');
            if (indentation == children
                && unquoted.StartsWith(key, StringComparison.Ordinal)
                && unquoted[key.Length..].TrimStart('\'', '"').StartsWith(':'))
            {
                return index;
            }
        }

        return null;
    }

    private static int Indentation(string line) => line.Length - line.TrimStart().Length;
}
