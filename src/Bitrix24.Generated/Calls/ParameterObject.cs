using Bitrix24.Operations;
using Bitrix24.Serialization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Calls;

/// <summary>The parameters of a method that the caller names.</summary>
internal sealed class ParameterObject(JObject members) : IRequest
{
    public void Validate()
    {
    }

    public void Write(RequestWriter json) => json.Members(members);
}
