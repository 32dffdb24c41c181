using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bitrix24.Benchmarks;

/// <summary>Represents hand-written code for this single method, without validation, error handling or retries.</summary>
internal sealed partial class FloorClient(HttpClient http, Uri webhook) : ICandidate
{
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private readonly Uri url = new(webhook, "crm.calllist.add");

    public string Name => "floor";

    public async Task<long> AddAsync(IReadOnlyList<long> ids)
    {
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(new Request("CONTACT", ids, 1), FloorJson.Default.Request)
        );
        content.Headers.ContentType = JsonType;
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var stream = await response.Content.ReadAsStreamAsync();
        return (await JsonSerializer.DeserializeAsync(stream, FloorJson.Default.Response))!.Result;
    }

    internal sealed record Request(
        [property: JsonPropertyName("ENTITY_TYPE")] string EntityType,
        [property: JsonPropertyName("ENTITIES")] IReadOnlyList<long> Entities,
        [property: JsonPropertyName("WEBFORM_ID")] long? WebformId
    );

    internal sealed record Response([property: JsonPropertyName("result")] long Result, [property: JsonPropertyName("time")] Time Time);

    internal sealed record Time(
        [property: JsonPropertyName("start")] double Start,
        [property: JsonPropertyName("finish")] double Finish,
        [property: JsonPropertyName("duration")] double Duration,
        [property: JsonPropertyName("processing")] double Processing,
        [property: JsonPropertyName("date_start")] DateTimeOffset DateStart,
        [property: JsonPropertyName("date_finish")] DateTimeOffset DateFinish,
        [property: JsonPropertyName("operating_reset_at")] long OperatingResetAt,
        [property: JsonPropertyName("operating")] double Operating
    );

    [JsonSerializable(typeof(Request))]
    [JsonSerializable(typeof(Response))]
    private sealed partial class FloorJson : JsonSerializerContext;
}
