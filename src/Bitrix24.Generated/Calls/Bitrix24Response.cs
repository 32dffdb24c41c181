using Bitrix24.Operations;
using Bitrix24.Serialization;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Represents the response of a method that was called by its name.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed class Bitrix24Response<TResult> : IResponse, IUntypedResponse
{
    private static readonly string[] JsonNames = ResponseReader.Names("result", "total", "next", "time", "error");

    /// <summary>Gets or sets the result of the method; <see langword="null"/> if the portal sent null.</summary>
    public TResult Result { get; set; } = default!;

    /// <summary>Gets or sets the total number of items; <see langword="null"/> if the portal does not send it.</summary>
    public long? Total { get; set; }

    /// <summary>Gets or sets the offset of the next page; <see langword="null"/> if the portal does not send it.</summary>
    public long? Next { get; set; }

    /// <summary>Gets or sets the time that the call took; <see langword="null"/> if the portal does not send it.</summary>
    public ResponseTime? Time { get; set; }

    Type IUntypedResponse.ResultType => typeof(TResult);

    void IJsonReadable.Read(ResponseReader json)
    {
        var hasResult = false;
        while (json.ReadPropertyName() is { } name)
        {
            switch (name)
            {
                case "result":
                    hasResult = true;
                    Result = ReadResult(json);
                    break;
                case "total":
                    Total = json.LenientInteger();
                    break;
                case "next":
                    Next = json.LenientInteger();
                    break;
                case "time":
                    Time = json.Value<ResponseTime>();
                    break;
                default:
                    json.Skip(name, JsonNames);
                    break;
            }
        }

        json.RequirePresent(hasResult);
    }

    /// <summary>A type of the caller may throw anything. The portal has executed the call all the same.</summary>
    private static TResult ReadResult(ResponseReader json)
    {
        try
        {
            return json.Value<TResult>()!;
        }
        catch (Exception exception) when (exception is not (JsonReaderException or JsonSerializationException { Path.Length: > 0 }))
        {
            throw new JsonSerializationException(exception.Message, json.Path, lineNumber: 0, linePosition: 0, exception);
        }
    }
}
