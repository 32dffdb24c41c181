using Bitrix24.Errors;

namespace Bitrix24;

/// <content>Typed properties.</content>
public partial class BatchError
{
    /// <summary>Gets the error code; <see cref="Bitrix24ErrorCode.Unknown"/> if it is not in the catalog.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public Bitrix24ErrorCode ErrorCode => ErrorCatalog.Find(RawErrorCode)?.Code ?? Bitrix24ErrorCode.Unknown;
}
