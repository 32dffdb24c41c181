using Bitrix24.Operations;

namespace Bitrix24;

/// <content>The data of failed commands for the pipeline.</content>
public partial class BatchResponse : IBatchResponse
{
    IEnumerable<string> IBatchResponse.KeysWithoutExecutionTime() =>
        Result.Errors.Where(error => error.Value.ErrorCode == Bitrix24ErrorCode.OperationTimeLimit).Select(error => error.Key);

    void IBatchResponse.Redact(Func<string?, string?> redact)
    {
        foreach (var error in Result.Errors.Values)
        {
            error.RawErrorCode = redact(error.RawErrorCode);
            error.ErrorDescription = redact(error.ErrorDescription);
        }
    }
}
