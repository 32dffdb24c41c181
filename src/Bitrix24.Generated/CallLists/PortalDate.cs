using System.Globalization;

namespace Bitrix24.CallLists;

/// <summary>Parses dates that a portal sends in its own time zone, without an offset.</summary>
internal static class PortalDate
{
    internal static DateTime? Parse(string? text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
