using System.Globalization;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads the current scalar of a reader; <see langword="null"/> if it is of another type.</summary>
internal static class JsonScalar
{
    // PHP always writes the offset of the time zone. A date without it is not a point in time.
    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    internal static long? Integer(JsonReader reader) => reader switch
    {
        { TokenType: JsonToken.Integer, Value: long value } => value,
        { TokenType: JsonToken.String, Value: string text }
            when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    internal static double? Number(JsonReader reader)
    {
        double? number = reader switch
        {
            { TokenType: JsonToken.Integer, Value: long value } => value,
            { TokenType: JsonToken.Float, Value: double value } => value,
            { TokenType: JsonToken.String, Value: string text }
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
            _ => null,
        };

        return number is { } finite && !double.IsNaN(finite) && !double.IsInfinity(finite) ? finite : null;
    }

    /// <summary>Reads a boolean, which portals also send as 1 and 0 or as Y and N.</summary>
    internal static bool? Boolean(JsonReader reader) => reader.Value switch
    {
        true or 1L or "1" or "Y" => true,
        false or 0L or "0" or "N" => false,
        _ => null,
    };

    internal static DateTimeOffset? Date(JsonReader reader) => reader.Value as DateTimeOffset? ?? (
        reader is { TokenType: JsonToken.String, Value: string text }
        && HasOffset(text)
        && DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null);

    internal static string? Text(JsonReader reader) => reader.TokenType switch
    {
        JsonToken.String or JsonToken.Integer or JsonToken.Float or JsonToken.Boolean =>
            Convert.ToString(reader.Value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool HasOffset(string date) =>
        date.Length > 0 && date[date.Length - 1] == 'Z' || date.LastIndexOfAny(['+', '-']) > date.IndexOf('T');
}
