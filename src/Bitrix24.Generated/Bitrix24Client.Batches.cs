using Bitrix24.Operations;

namespace Bitrix24;

/// <content>What the errors of a batch say comes from the portal, as it is, and must not carry a secret into the application's logs.</content>
public sealed partial class Bitrix24Client
{
    private void Redact(IResponse answer)
    {
        if (answer is not BatchResponse batch)
        {
            return;
        }

        foreach (var error in batch.Result.Errors.Values)
        {
            error.RawErrorCode = redact(error.RawErrorCode);
            error.ErrorDescription = redact(error.ErrorDescription);
        }
    }
}
