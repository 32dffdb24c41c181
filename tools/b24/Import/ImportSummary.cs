using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>Counts the outcomes of the rows of an import, including those of earlier runs.</summary>
internal sealed record ImportSummary(int Rows)
{
    public int Created { get; private set; }

    public int NotCreated { get; private set; }

    public int Unknown { get; private set; }

    /// <summary>Gets the number of rows that an earlier run has created or left unknown.</summary>
    public int Earlier { get; private set; }

    public int Done => Created + NotCreated + Unknown;

    /// <summary>Gets the first rows whose outcome is unknown.</summary>
    public List<int> UnknownRows { get; } = [];

    public bool IsComplete => Created == Rows;

    public void Add(int row, RowOutcome outcome, bool isEarlier = false)
    {
        Created += outcome == RowOutcome.Created ? 1 : 0;
        NotCreated += outcome == RowOutcome.NotCreated ? 1 : 0;
        Earlier += isEarlier ? 1 : 0;
        if (outcome == RowOutcome.Unknown)
        {
            Unknown++;
            if (UnknownRows.Count < MaxNamedRows)
            {
                UnknownRows.Add(row);
            }
        }
    }

    public JObject ToJson(string report) => new()
    {
        ["rows"] = Rows,
        ["created"] = Created,
        ["notCreated"] = NotCreated,
        ["unknown"] = Unknown,
        ["earlier"] = Earlier,
        ["report"] = report,
    };

    public override string ToString() => FormattableString.Invariant(
        $"{Done} of {Rows} rows: {Created} created, {NotCreated} not created, {Unknown} unknown");

    private const int MaxNamedRows = 20;
}
