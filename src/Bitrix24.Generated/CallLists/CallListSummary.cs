using Bitrix24.CallLists;

namespace Bitrix24;

/// <content>A typed view.</content>
public partial class CallListSummary
{
    /// <summary><see cref="DateCreate"/> as a date of no stated time zone: the portal's. <see langword="null"/> when it is missing or of another form.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTime? CreatedAt => PortalDate.Parse(DateCreate);
}
