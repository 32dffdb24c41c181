using System.Globalization;

namespace Bitrix24.CallLists;

/// <summary>Dates that a portal writes in its own time, without saying how far that is from UTC.</summary>
internal static class PortalDate
{
    internal static DateTime? Parse(string? text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
