using Bitrix24.Validation;

namespace Bitrix24;

/// <content>The form is cleared when it is left out, which must be said.</content>
public partial class UpdateCallListRequest
{
    /// <summary>
    /// Whether the list is to have no CRM form from now on. The portal clears the form when <see cref="WebformId"/> is left out, so one of the
    /// two has to be set.
    /// </summary>
    [Newtonsoft.Json.JsonIgnore]
    public bool ClearWebform { get; set; }

    partial void ValidateCustom()
    {
        if (WebformId is null != ClearWebform)
        {
            throw RequestValidation.InvalidArgument(ClearWebform
                ? "WebformId is set together with ClearWebform."
                : "WebformId is not set, which clears the form of the list. Set it, or set ClearWebform if that is meant.");
        }
    }
}
