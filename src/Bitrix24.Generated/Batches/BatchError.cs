using Bitrix24.Errors;

namespace Bitrix24;

/// <content>A typed view.</content>
public partial class BatchError
{
    /// <summary>The error code; <see cref="Bitrix24ErrorCode.Unknown"/> when it is not in the catalog.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public Bitrix24ErrorCode ErrorCode => ErrorCatalog.Find(RawErrorCode)?.Code ?? Bitrix24ErrorCode.Unknown;
}
