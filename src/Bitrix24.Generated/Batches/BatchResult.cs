using Bitrix24.Serialization;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <content>Typed results.</content>
public partial class BatchResult
{
    /// <summary>Returns the result of a command as the typed response of its method.</summary>
    /// <typeparam name="TResponse">The response type of the method, for example <see cref="GetCallListResponse"/>.</typeparam>
    /// <param name="key">The key of the command.</param>
    /// <returns>The response; <see langword="null"/> if the command failed (see <see cref="Errors"/>) or did not run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    /// <exception cref="Newtonsoft.Json.JsonException">The result does not match the response type.</exception>
    public TResponse? ResultOf<TResponse>(string key)
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Results.TryGetValue(key, out var result))
        {
            return null;
        }

        var response = new JObject { ["result"] = result };
        if (Totals.TryGetValue(key, out var total))
        {
            response["total"] = total;
        }

        if (NextStarts.TryGetValue(key, out var next))
        {
            response["next"] = next;
        }

        if (Times.TryGetValue(key, out var time))
        {
            response["time"] = JObject.FromObject(time, Json.Serializer);
        }

        return response.ToObject<TResponse>(Json.Serializer);
    }
}
