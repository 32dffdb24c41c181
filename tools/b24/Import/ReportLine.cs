using System.Text.Json.Serialization;
using CsvHelper.Configuration.Attributes;

namespace Bitrix24.CommandLine;

/// <summary>Represents a line of the report of an import.</summary>
internal sealed class ReportLine
{
    /// <summary>Gets or sets the row number, from 1, without the header row.</summary>
    [Index(0)]
    [JsonPropertyName("row")]
    public int Row { get; set; }

    [Index(1)]
    [JsonPropertyName("outcome")]
    public RowOutcome Outcome { get; set; }

    /// <summary>Gets or sets the id of the call list.</summary>
    [Index(2)]
    [JsonPropertyName("id")]
    public long? Id { get; set; }

    /// <summary>Gets or sets the error code as the portal sent it.</summary>
    [Index(3)]
    [TypeConverter(typeof(SpreadsheetText))]
    [JsonPropertyName("error")]
    public string? Error { get; set; }

    [Index(4)]
    [TypeConverter(typeof(SpreadsheetText))]
    [JsonPropertyName("message")]
    public string? Message { get; set; }

    /// <summary>Gets or sets the hash of the content of the row.</summary>
    [Index(5)]
    [JsonPropertyName("fingerprint")]
    public string Fingerprint { get; set; } = string.Empty;

    /// <summary>Gets or sets the host of the portal that the row was sent to.</summary>
    [Index(6)]
    [JsonPropertyName("portal")]
    public string Portal { get; set; } = string.Empty;
}
