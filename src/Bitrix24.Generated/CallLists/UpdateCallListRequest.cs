using Bitrix24.Validation;

namespace Bitrix24;

/// <content>The explicit removal of the webform.</content>
public partial class UpdateCallListRequest
{
    /// <summary>
    /// Gets or sets whether to remove the CRM webform of the list. The portal clears the webform if <see cref="WebformId"/> is left out, so
    /// set either this property or <see cref="WebformId"/>. Default is <see langword="false"/>.
    /// </summary>
    [Newtonsoft.Json.JsonIgnore]
    public bool ClearWebform { get; set; }

    partial void ValidateCustom()
    {
        if (WebformId is null != ClearWebform)
        {
            throw RequestValidation.InvalidArgument(ClearWebform
                ? "WebformId and ClearWebform are both set. Set one of them."
                : "WebformId is not set, which clears the webform of the list. Set it, or set ClearWebform to clear the webform.");
        }
    }
}
