using Bitrix24.CallLists;

namespace Bitrix24;

/// <content>Typed properties.</content>
public partial class CallList
{
    /// <summary>
    /// Gets <see cref="DateCreate"/> as a date in the portal's time zone, which the response does not state; <see langword="null"/> if it
    /// is missing or malformed.
    /// </summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTime? CreatedAt => PortalDate.Parse(DateCreate);
}
