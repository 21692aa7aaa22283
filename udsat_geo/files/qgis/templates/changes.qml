<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" hasScaleBasedVisibilityFlag="0" maxScale="0" simplifyMaxScale="1" styleCategories="AllStyleCategories" simplifyAlgorithm="0" symbologyReferenceScale="-1" simplifyDrawingHints="1" labelsEnabled="1" simplifyDrawingTol="1" minScale="100000000" simplifyLocal="1">
 <renderer-v2 forceraster="0" symbollevels="0" referencescale="-1" type="RuleRenderer" enableorderby="0">
  <rules key="{a454e0d2-ddce-5843-a996-496db94ac25e}">
   <rule symbol="0" filter="&quot;event&quot; LIKE '%kept%'" label="kept" key="{8c34c47a-c8cf-5071-bdd6-edc283f1c519}" />
   <rule symbol="1" filter="&quot;event&quot; LIKE '%grown%'" label="grown" key="{06033405-3b8f-5bf0-8dce-5d03004d230f}" />
   <rule symbol="2" filter="&quot;event&quot; LIKE '%shrunk%'" label="shrunk" key="{24accda9-2e7a-5ca1-80be-5d31189e843e}" />
   <rule symbol="3" filter="&quot;event&quot; LIKE '%added%'" label="added" key="{ed54f7bf-574d-5f72-8619-1dd4d5153a15}" />
   <rule symbol="4" filter="&quot;event&quot; LIKE '%removed%'" label="removed" key="{78c00d15-0e00-5e33-bb75-aef2364a8c7f}" />
   <rule symbol="5" filter="&quot;event&quot; LIKE '%split%'" label="split" key="{2d6fbd95-7777-5648-bf2f-817bc88a7be8}" />
   <rule symbol="6" filter="&quot;event&quot; LIKE '%merged%'" label="merged" key="{c86ba232-74f1-5277-a26e-f4ecef8b2827}" />
  </rules>
  <symbols>
   <symbol name="0" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="208,208,208,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="122,122,122,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.3" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="1" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="86,180,233,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="0,114,178,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.4" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="2" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="26,26,26,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="no" />
     </Option>
    </layer>
    <layer class="LinePatternFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="angle" type="QString" value="135" />
      <Option name="color" type="QString" value="0,0,0,255" />
      <Option name="distance" type="QString" value="1.4" />
      <Option name="distance_unit" type="QString" value="MM" />
      <Option name="line_width" type="QString" value="0.5" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="outline_width_unit" type="QString" value="MM" />
     </Option>
     <symbol name="@2@1" clip_to_extent="1" type="line" alpha="1" force_rhr="0">
      <layer class="SimpleLine" enabled="1" pass="0" locked="0">
       <Option type="Map">
        <Option name="capstyle" type="QString" value="flat" />
        <Option name="customdash" type="QString" value="5;2" />
        <Option name="customdash_unit" type="QString" value="MM" />
        <Option name="joinstyle" type="QString" value="round" />
        <Option name="line_color" type="QString" value="230,159,0,255" />
        <Option name="line_style" type="QString" value="solid" />
        <Option name="line_width" type="QString" value="0.6" />
        <Option name="line_width_unit" type="QString" value="MM" />
        <Option name="use_custom_dash" type="QString" value="0" />
       </Option>
      </layer>
     </symbol>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="5;2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="138,95,0,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="0.4" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="0" />
     </Option>
    </layer>
   </symbol>
   <symbol name="3" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="0,158,115,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="0,83,60,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.5" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
   </symbol>
   <symbol name="4" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="255,255,255,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="solid" />
     </Option>
    </layer>
    <layer class="LinePatternFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="angle" type="QString" value="45" />
      <Option name="color" type="QString" value="0,0,0,255" />
      <Option name="distance" type="QString" value="1.6" />
      <Option name="distance_unit" type="QString" value="MM" />
      <Option name="line_width" type="QString" value="0.5" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="outline_width_unit" type="QString" value="MM" />
     </Option>
     <symbol name="@4@1" clip_to_extent="1" type="line" alpha="1" force_rhr="0">
      <layer class="SimpleLine" enabled="1" pass="0" locked="0">
       <Option type="Map">
        <Option name="capstyle" type="QString" value="flat" />
        <Option name="customdash" type="QString" value="5;2" />
        <Option name="customdash_unit" type="QString" value="MM" />
        <Option name="joinstyle" type="QString" value="round" />
        <Option name="line_color" type="QString" value="213,94,0,255" />
        <Option name="line_style" type="QString" value="solid" />
        <Option name="line_width" type="QString" value="0.45" />
        <Option name="line_width_unit" type="QString" value="MM" />
        <Option name="use_custom_dash" type="QString" value="0" />
       </Option>
      </layer>
     </symbol>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="2;1.2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="213,94,0,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="0.6" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="1" />
     </Option>
    </layer>
   </symbol>
   <symbol name="5" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="26,26,26,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="no" />
     </Option>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="3;1.4" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="26,26,26,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="0.9" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="1" />
     </Option>
    </layer>
   </symbol>
   <symbol name="6" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="26,26,26,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="no" />
     </Option>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="5;2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="204,121,167,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="1.6" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="0" />
     </Option>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="5;2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="26,26,26,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="0.3" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="0" />
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="rule-based">
  <rules key="{9b86e995-f998-5e00-bff4-db55efb345ce}">
   <rule description="area_id" key="{e4b95aa1-3b44-5339-b33b-87d491f6005b}">
    <settings calloutType="simple">
     <text-style textOrientation="horizontal" textOpacity="1" allowHtml="0" fontStrikeout="0" previewBkgrdColor="255,255,255,255" fontSize="8" fieldName="&quot;area_id&quot;" fontWeight="75" isExpression="1" fontSizeUnit="Point" fontWordSpacing="0" blendMode="0" capitalization="0" legendString="Aa" textColor="26,26,26,255" fontItalic="0" namedStyle="" fontFamily="DejaVu Sans" useSubstitutions="0" fontUnderline="0" fontLetterSpacing="0" multilineHeight="1" fontKerning="1">
      <families>
       <family name="Open Sans" />
       <family name="Noto Sans" />
       <family name="Segoe UI" />
       <family name="Helvetica Neue" />
       <family name="Arial" />
      </families>
      <text-buffer bufferNoFill="0" bufferBlendMode="0" bufferDraw="1" bufferSizeUnits="MM" bufferSize="0.90000000000000002" bufferOpacity="0.90000000000000002" bufferJoinStyle="128" bufferColor="255,255,255,255" />
     </text-style>
     <text-format useMaxLineLengthForAutoWrap="1" placeDirectionSymbol="0" formatNumbers="0" plussign="0" decimals="0" multilineAlign="1" addDirectionSymbol="0" autoWrapLength="0" wrapChar="" rightDirectionSymbol="&gt;" leftDirectionSymbol="&lt;" reverseDirectionSymbol="0" />
     <placement maxCurvedCharAngleIn="25" overrunDistance="0" repeatDistanceUnits="MM" overrunDistanceUnit="MM" yOffset="0" centroidWhole="1" polygonPlacementFlags="3" preserveRotation="1" geometryGeneratorEnabled="0" layerType="UnknownGeometry" repeatDistance="0" distUnits="MM" placementFlags="10" fitInPolygonOnly="0" offsetType="0" predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" rotationUnit="AngleDegrees" lineAnchorClipping="0" geometryGeneratorType="PointGeometry" quadOffset="4" placement="4" lineAnchorPercent="0.5" priority="8" offsetUnits="MapUnit" geometryGenerator="" xOffset="0" rotationAngle="0" centroidInside="1" dist="0" maxCurvedCharAngleOut="-25" lineAnchorType="0" />
     <rendering zIndex="0" fontMinPixelSize="0" obstacle="1" scaleVisibility="0" obstacleFactor="0.5" scaleMin="0" limitNumLabels="0" labelPerPart="0" drawLabels="1" fontLimitPixelSize="0" displayAll="1" unplacedVisibility="0" mergeLines="0" upsidedownLabels="0" minFeatureSize="0" obstacleType="0" fontMaxPixelSize="10000" maxNumLabels="2000" scaleMax="0" />
    </settings>
   </rule>
  </rules>
 </labeling>
 <layerGeometryType>2</layerGeometryType>
</qgis>
